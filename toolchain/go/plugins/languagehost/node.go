package languagehost

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// A program that was asked to stop may save its state; after this long it is killed.
const grace = 5 * time.Second

func nodeBinary() (string, error) {
	bin, err := exec.LookPath("node")
	if err != nil {
		return "", errors.New("node is not on the PATH; install Node.js 20 or newer")
	}
	return bin, nil
}

// script finds a file of the Pulumi SDK as Node would: in node_modules of the directory or of a parent. Reading the
// directories ourselves saves the start of a Node process before each program.
func script(dir, name string) (string, error) {
	for at := dir; ; at = filepath.Dir(at) {
		file := filepath.Join(at, "node_modules", "@pulumi", "pulumi", "cmd", name, "index.js")
		if _, err := os.Stat(file); err == nil {
			// Node resolves links before it looks for what a script requires; so must we.
			return filepath.EvalSymlinks(file)
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("@pulumi/pulumi is not installed in %s; run npm ci there", dir)
		}
	}
}

// command starts node so that it ends when the context ends: first asked, then killed.
func command(ctx context.Context, bin string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, bin, args...)
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = grace
	return c
}
