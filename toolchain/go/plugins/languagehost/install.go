package languagehost

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// InstallDependencies installs with npm, exactly what the lock file says when there is one.
func (h *host) InstallDependencies(
	r *pulumirpc.InstallDependenciesRequest, stream pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	closer, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(stream, r.IsTerminal)
	if err != nil {
		return err
	}
	action := "install"
	if _, err := os.Stat(filepath.Join(r.Info.ProgramDirectory, "package-lock.json")); err == nil {
		action = "ci"
	}
	c := exec.CommandContext(stream.Context(), "npm", action, "--no-audit", "--no-fund")
	c.Dir, c.Stdout, c.Stderr = r.Info.ProgramDirectory, stdout, stderr
	if err := c.Run(); err != nil {
		err = fmt.Errorf("npm %s in %s: %w", action, r.Info.ProgramDirectory, err)
		return errors.Join(err, closer.Close())
	}
	return closer.Close()
}

// About says which Node runs the programs.
func (h *host) About(ctx context.Context, _ *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	bin, err := nodeBinary()
	if err != nil {
		return nil, err
	}
	version, err := exec.CommandContext(ctx, bin, "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("%s --version: %w", bin, err)
	}
	return &pulumirpc.AboutResponse{Executable: bin, Version: strings.TrimSpace(string(version))}, nil
}

// GetProgramDependencies lists what is installed beside the program.
func (h *host) GetProgramDependencies(
	_ context.Context, r *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	response := &pulumirpc.GetProgramDependenciesResponse{}
	for _, m := range manifests(filepath.Join(r.Info.ProgramDirectory, "node_modules")) {
		response.Dependencies = append(response.Dependencies, &pulumirpc.DependencyInfo{Name: m.Name, Version: m.Version})
	}
	return response, nil
}
