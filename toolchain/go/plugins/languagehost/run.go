package languagehost

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// The SDK's scripts exit with this code when they have told the user what is wrong.
const alreadyExplained = 32

// Run runs the program to its end.
func (h *host) Run(ctx context.Context, r *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	h.children.Add(1)
	defer h.children.Done()
	if err := h.run(ctx, r); err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() == alreadyExplained {
			return &pulumirpc.RunResponse{Bail: true}, nil
		}
		return &pulumirpc.RunResponse{Error: runError(err)}, nil
	}
	return &pulumirpc.RunResponse{}, nil
}

func (h *host) run(ctx context.Context, r *pulumirpc.RunRequest) error {
	opts, err := parseOptions(r.Info.Options.AsMap())
	if err != nil {
		return err
	}
	bin, err := nodeBinary()
	if err != nil {
		return err
	}
	entry, err := script(r.Info.ProgramDirectory, "run")
	if err != nil {
		return err
	}
	config, err := jsonOf(r.Config, "{}")
	if err != nil {
		return err
	}
	secretKeys, err := jsonOf(r.ConfigSecretKeys, "[]")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(h.cancelled, cancel)()

	args := append(append([]string{}, opts.nodeargs...), programArguments(entry, h.engine, r)...)
	c := command(ctx, bin, args...)
	c.Env = append(os.Environ(), "PULUMI_CONFIG="+config, "PULUMI_CONFIG_SECRET_KEYS="+secretKeys)
	c.Env = append(c.Env, opts.environment()...)
	// Node may set the descriptors it inherits to non-blocking, so it gets a pipe, not ours.
	c.Stdout, c.Stderr = struct{ io.Writer }{os.Stdout}, struct{ io.Writer }{os.Stderr}
	return c.Run()
}

// programArguments is the command line of @pulumi/pulumi/cmd/run.
func programArguments(entry, engine string, r *pulumirpc.RunRequest) []string {
	args := []string{entry}
	add := func(name, value string) {
		if value != "" {
			args = append(args, "--"+name, value)
		}
	}
	add("monitor", r.MonitorAddress)
	add("engine", engine)
	add("organization", r.Organization)
	add("project", r.Project)
	add("root-directory", r.Info.RootDirectory)
	add("stack", r.Stack)
	add("pwd", r.Info.ProgramDirectory)
	if r.DryRun {
		args = append(args, "--dry-run")
	}
	add("parallel", strconv.Itoa(int(r.Parallel)))
	args = append(args, r.Info.EntryPoint)
	return append(args, r.Args...)
}

func jsonOf[T map[string]string | []string](value T, empty string) (string, error) {
	if len(value) == 0 {
		return empty, nil
	}
	b, err := json.Marshal(value)
	return string(b), err
}

func runError(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() > 0 {
		return fmt.Sprintf("the program ended with exit code %d", exit.ExitCode())
	}
	return err.Error()
}
