// Package stateonly serves resources that live in the state and nowhere else: random values, keys, certificates.
package stateonly

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"

	"moat.dev/toolchain/plugins/internal/rpc"
)

// Type is one kind of resource. All functions see plain values: no secrets, nothing unknown but in Check.
type Type struct {
	// Inputs are the names that the type takes.
	Inputs []resource.PropertyKey
	// Required are the inputs that have no default.
	Required []resource.PropertyKey
	// Defaults are the values of inputs that are left out; they show in the outputs.
	Defaults resource.PropertyMap
	// Outputs are made by Create.
	Outputs []resource.PropertyKey
	// Secrets are outputs that are secret whatever the inputs are.
	Secrets []resource.PropertyKey
	// InPlace are inputs whose change keeps what was made.
	InPlace []resource.PropertyKey
	// Check finds mistakes in inputs that are all known. It may be nil.
	Check func(inputs resource.PropertyMap) error
	// Create makes the value.
	Create func(inputs resource.PropertyMap) (id string, outputs resource.PropertyMap, err error)
	// Observe changes the outputs as time passes, and names the output that asks for a new resource. It may be nil.
	Observe func(inputs, outputs resource.PropertyMap, now time.Time) (stale resource.PropertyKey)
}

type provider struct {
	rpc.Provider
	types map[string]Type
}

// Serve answers the engine until it goes away. The types are by token, without the package: "index/randomId:RandomId".
func Serve(process rpc.Process, types map[string]Type) error {
	p := &provider{Provider: rpc.Provider{Process: process}, types: types}
	return rpc.Serve(process, func(s *grpc.Server) { pulumirpc.RegisterResourceProviderServer(s, p) })
}

func (p *provider) typeOf(urn string) (Type, error) {
	token := string(resource.URN(urn).Type())
	t, known := p.types[strings.TrimPrefix(token, p.Process.Package()+":")]
	if !known {
		return t, p.Unsupported(token)
	}
	return t, nil
}

// Check names every mistake at once.
func (p *provider) Check(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	t, err := p.typeOf(r.Urn)
	if err != nil {
		return nil, err
	}
	inputs, err := rpc.Decode(r.News)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.CheckResponse{Inputs: r.News, Failures: t.failures(inputs)}, nil
}

func (t Type) failures(inputs resource.PropertyMap) []*pulumirpc.CheckFailure {
	var failures []*pulumirpc.CheckFailure
	fail := func(key resource.PropertyKey, reason string) {
		failures = append(failures, &pulumirpc.CheckFailure{Property: string(key), Reason: reason})
	}
	for _, key := range t.Required {
		if _, ok := inputs[key]; !ok {
			fail(key, "is required")
		}
	}
	for key := range inputs {
		if !strings.HasPrefix(string(key), "__") && !slices.Contains(t.Inputs, key) {
			fail(key, "is not a property this type takes")
		}
	}
	if len(failures) == 0 && t.Check != nil && !inputs.ContainsUnknowns() {
		if err := t.Check(t.complete(inputs)); err != nil {
			fail("", err.Error())
		}
	}
	return failures
}

// complete are the plain inputs with the defaults.
func (t Type) complete(inputs resource.PropertyMap) resource.PropertyMap {
	all := t.Defaults.Copy()
	for key, value := range rpc.RevealMap(inputs) {
		if !strings.HasPrefix(string(key), "__") {
			all[key] = value
		}
	}
	return all
}

// Diff: a changed input makes a new resource, unless the type says that it does not matter.
func (p *provider) Diff(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	t, err := p.typeOf(r.Urn)
	if err != nil {
		return nil, err
	}
	maps, err := rpc.DecodeAll(r.OldInputs, r.News, r.Olds)
	if err != nil {
		return nil, err
	}
	return t.diff(maps[0], maps[1], maps[2], time.Now()), nil
}

func (t Type) diff(oldInputs, news, state resource.PropertyMap, now time.Time) *pulumirpc.DiffResponse {
	response := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}
	before, after := t.complete(oldInputs), t.complete(news)
	if difference := before.Diff(after); difference != nil {
		for _, key := range difference.ChangedKeys() {
			response.Diffs = append(response.Diffs, string(key))
			if !slices.Contains(t.InPlace, key) {
				response.Replaces = append(response.Replaces, string(key))
			}
		}
	}
	if t.Observe != nil && !news.ContainsUnknowns() {
		if stale := t.Observe(after, rpc.RevealMap(state), now); stale != "" {
			response.Diffs = append(response.Diffs, string(stale))
			response.Replaces = append(response.Replaces, string(stale))
		}
	}
	if len(response.Diffs) > 0 {
		response.Changes = pulumirpc.DiffResponse_DIFF_SOME
	}
	slices.Sort(response.Diffs)
	slices.Sort(response.Replaces)
	return response
}

// Create makes the value; at preview it says only that there will be one.
func (p *provider) Create(_ context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	t, err := p.typeOf(r.Urn)
	if err != nil {
		return nil, err
	}
	inputs, err := rpc.Decode(r.Properties)
	if err != nil {
		return nil, err
	}
	if r.Preview {
		properties, err := rpc.Encode(t.previewed(inputs))
		return &pulumirpc.CreateResponse{Properties: properties}, err
	}
	id, made, err := t.Create(t.complete(inputs))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", resource.URN(r.Urn).Name(), err)
	}
	properties, err := rpc.Encode(t.outputs(inputs, made))
	return &pulumirpc.CreateResponse{Id: id, Properties: properties}, err
}

func (t Type) previewed(inputs resource.PropertyMap) resource.PropertyMap {
	unknown := resource.PropertyMap{}
	for _, key := range t.Outputs {
		unknown[key] = rpc.Unknown()
	}
	return t.outputs(inputs, unknown)
}

// outputs are the inputs as they were given, the defaults and what was made, secret where it must be.
func (t Type) outputs(inputs, made resource.PropertyMap) resource.PropertyMap {
	out := t.Defaults.Copy()
	for key, value := range inputs {
		out[key] = value
	}
	for key, value := range made {
		out[key] = value
	}
	for _, key := range t.Secrets {
		if v, ok := out[key]; ok && !v.IsSecret() {
			out[key] = resource.MakeSecret(v)
		}
	}
	return out
}

// Update keeps what was made and takes the inputs that may change.
func (p *provider) Update(_ context.Context, r *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	t, err := p.typeOf(r.Urn)
	if err != nil {
		return nil, err
	}
	maps, err := rpc.DecodeAll(r.News, r.Olds)
	if err != nil {
		return nil, err
	}
	made := resource.PropertyMap{}
	for _, key := range t.Outputs {
		if v, ok := maps[1][key]; ok {
			made[key] = v
		}
	}
	properties, err := rpc.Encode(t.outputs(maps[0], made))
	return &pulumirpc.UpdateResponse{Properties: properties}, err
}

// Read has nothing to look at but the clock. Without a state there is nothing to read, so an import is refused.
func (p *provider) Read(_ context.Context, r *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	t, err := p.typeOf(r.Urn)
	if err != nil {
		return nil, err
	}
	maps, err := rpc.DecodeAll(r.Inputs, r.Properties)
	if err != nil {
		return nil, err
	}
	inputs, state := maps[0], maps[1]
	if len(state) == 0 {
		return nil, p.Unsupported("import")
	}
	if t.Observe != nil {
		t.Observe(t.complete(inputs), state, time.Now())
	}
	properties, err := rpc.Encode(state)
	return &pulumirpc.ReadResponse{Id: r.Id, Properties: properties, Inputs: r.Inputs}, err
}

// Delete: leaving the state is all there is to it.
func (p *provider) Delete(context.Context, *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}
