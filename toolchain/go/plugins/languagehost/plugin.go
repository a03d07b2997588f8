package languagehost

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// RunPlugin runs a plugin that is written in TypeScript: a policy pack ("analyzer") or a provider.
func (h *host) RunPlugin(r *pulumirpc.RunPluginRequest, stream pulumirpc.LanguageRuntime_RunPluginServer) error {
	h.children.Add(1)
	defer h.children.Done()
	closer, stdout, stderr, err := rpcutil.MakeRunPluginStreams(stream, false)
	if err != nil {
		return err
	}
	opts, err := parseOptions(r.Info.Options.AsMap())
	if err != nil {
		return errors.Join(err, closer.Close())
	}
	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	defer context.AfterFunc(h.cancelled, cancel)()
	if r.Kind == "analyzer" {
		err = runPolicyPack(ctx, r, opts, stdout, stderr)
	} else {
		err = runProvider(ctx, r, opts, stdout, stderr)
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("the plugin in %s ended with exit code %d", r.Info.ProgramDirectory, exit.ExitCode())
	}
	return errors.Join(err, closer.Close())
}

func runProvider(ctx context.Context, r *pulumirpc.RunPluginRequest, opts options, stdout, stderr io.Writer) error {
	c, err := pluginCommand(ctx, r, opts, "run-plugin", append([]string{r.Info.ProgramDirectory}, r.Args...))
	if err != nil {
		return err
	}
	c.Dir, c.Stdout, c.Stderr = r.Pwd, stdout, stderr
	return c.Run()
}

// runPolicyPack starts a policy pack. A pack reads the stack's configuration from its environment, so the engine is
// answered by a proxy until the configuration is known.
func runPolicyPack(ctx context.Context, r *pulumirpc.RunPluginRequest, opts options, stdout, stderr io.Writer) error {
	c, err := pluginCommand(ctx, r, opts, "run-policy-pack", append(append([]string{}, r.Args...), r.Info.ProgramDirectory))
	if err != nil {
		return err
	}
	proxy, stdout, err := sdk.NewPolicyProxy(ctx, stdout)
	if err != nil {
		return fmt.Errorf("starting the proxy of the policy pack: %w", err)
	}
	stack, err := proxy.AwaitConfiguration(ctx)
	if err != nil {
		return fmt.Errorf("waiting for the stack's configuration: %w", err)
	}
	env, err := stackEnvironment(stack)
	if err != nil {
		return err
	}
	// A policy pack always ran in its own directory, whatever the engine's is.
	c.Dir, c.Stdout, c.Stderr, c.Env = r.Info.ProgramDirectory, stdout, stderr, append(c.Env, env...)
	if err := c.Start(); err != nil {
		return err
	}
	return proxy.Attach(ctx, c)
}

func pluginCommand(
	ctx context.Context, r *pulumirpc.RunPluginRequest, opts options, name string, args []string,
) (*exec.Cmd, error) {
	bin, err := nodeBinary()
	if err != nil {
		return nil, err
	}
	entry, err := script(r.Info.ProgramDirectory, name)
	if err != nil {
		return nil, err
	}
	c := command(ctx, bin, append(append(append([]string{}, opts.nodeargs...), entry), args...)...)
	c.Env = append(append([]string{}, r.Env...), opts.environment()...)
	return c, nil
}

func stackEnvironment(stack *pulumirpc.AnalyzerStackConfigureRequest) ([]string, error) {
	if stack == nil {
		return nil, nil
	}
	config, err := json.Marshal(stack.Config)
	if err != nil {
		return nil, err
	}
	return []string{
		"PULUMI_NODEJS_ORGANIZATION=" + stack.Organization,
		"PULUMI_NODEJS_PROJECT=" + stack.Project,
		"PULUMI_NODEJS_STACK=" + stack.Stack,
		"PULUMI_NODEJS_DRY_RUN=" + strconv.FormatBool(stack.DryRun),
		"PULUMI_CONFIG=" + string(config),
	}, nil
}
