package rpc

import "testing"

func TestProcessOf(t *testing.T) {
	for _, c := range []struct {
		args []string
		want Process
	}{
		{
			[]string{"/home/plugins/resource-random-v4.21.2/pulumi-resource-random", "127.0.0.1:5"},
			Process{Name: "pulumi-resource-random", Version: "4.21.2", Engine: "127.0.0.1:5"},
		},
		{
			[]string{"/bin/pulumi-language-nodejs", "-root=/x", "--tracing=y", "127.0.0.1:5"},
			Process{Name: "pulumi-language-nodejs", Engine: "127.0.0.1:5"},
		},
		{[]string{"pulumi-resource-aws.exe"}, Process{Name: "pulumi-resource-aws"}},
	} {
		if got := ProcessOf(c.args); got != c.want {
			t.Errorf("ProcessOf(%v) = %+v, want %+v", c.args, got, c.want)
		}
	}
}
