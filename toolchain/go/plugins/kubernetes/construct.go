package kubernetes

import (
	"context"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	component "github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	kobject "sigs.k8s.io/cli-utils/pkg/object"
	"sigs.k8s.io/cli-utils/pkg/object/graph"

	"moat.dev/toolchain/plugins/internal/rpc"
)

const (
	configFile  = "kubernetes:yaml/v2:ConfigFile"
	configGroup = "kubernetes:yaml/v2:ConfigGroup"
)

// group is a ConfigFile or a ConfigGroup in the state. The official plugin also lists the objects as its output "resources"; a
// program fetches every listed object back from the engine, asked for or not, and that is what a manifest is to spare it.
type group struct{ pulumi.ResourceState }

// Construct reads manifests here, so that a program need not carry them, and registers what they hold as resources of this
// plugin.
func (p *provider) Construct(ctx context.Context, r *pulumirpc.ConstructRequest) (*pulumirpc.ConstructResponse, error) {
	if r.Type != configFile && r.Type != configGroup {
		return p.Provider.Construct(ctx, r)
	}
	inputs, err := rpc.Decode(r.Inputs)
	if err != nil {
		return nil, err
	}
	return component.Construct(ctx, r, p.engine.Conn, func(
		ctx *pulumi.Context, typ, name string, _ component.ConstructInputs, options pulumi.ResourceOption,
	) (*component.ConstructResult, error) {
		made := &group{}
		if err := ctx.RegisterComponentResource(typ, name, made, options); err != nil {
			return nil, err
		}
		if err := p.registerManifest(ctx, made, name, inputs); err != nil {
			return nil, fmt.Errorf("%s %s: %w", typ[strings.LastIndex(typ, ":")+1:], name, err)
		}
		return component.NewConstructResult(made)
	})
}

func (p *provider) registerManifest(ctx *pulumi.Context, parent *group, name string, inputs resource.PropertyMap) error {
	manifest, known, err := parseManifest(name, inputs)
	if err != nil {
		return err
	}
	if !known {
		return ctx.Log.Warn("files or texts are not known yet, so the preview leaves their objects out", &pulumi.LogArgs{Resource: parent})
	}
	members, incomplete, err := manifest.members()
	if err != nil {
		return err
	}
	if incomplete {
		message := "names of objects are not known yet, so the preview leaves these objects out"
		if err := ctx.Log.Warn(message, &pulumi.LogArgs{Resource: parent}); err != nil {
			return err
		}
	}
	if err := p.placeAll(members); err != nil {
		return err
	}
	return p.registerAll(ctx, parent, manifest.prefix, members)
}

// registerAll registers namespaces and definitions before what needs them, and all after what their annotations name.
func (p *provider) registerAll(ctx *pulumi.Context, parent *group, prefix string, members []member) error {
	var plain kobject.UnstructuredSet
	byID := map[kobject.ObjMetadata]member{}
	for _, m := range members {
		id := kobject.UnstructuredToObjMetadata(m.plain)
		if other, twice := byID[id]; twice {
			return fmt.Errorf("%s is in %s and again in %s", resourceName("", m), other.where, m.where)
		}
		plain = append(plain, m.plain)
		byID[id] = m
	}
	dependencies, err := graph.DependencyGraph(plain)
	if err != nil {
		return err
	}
	order, err := dependencies.Sort()
	if err != nil {
		return err
	}
	made := map[kobject.ObjMetadata]pulumi.Resource{}
	for _, set := range order {
		for _, id := range set {
			m := byID[id]
			options := []pulumi.ResourceOption{pulumi.Parent(parent), pulumi.Version(p.Process.Version)}
			for _, needed := range dependencies.Dependencies(id) {
				options = append(options, pulumi.DependsOn([]pulumi.Resource{made[needed]}))
			}
			one := &pulumi.CustomResourceState{}
			if err := ctx.RegisterResource(tokenOf(m), resourceName(prefix, m), programInputs(m.inputs), one, options...); err != nil {
				return err
			}
			made[id] = one
		}
	}
	return nil
}

// tokenOf is the type of an object's resource, the reverse of kindOf.
func tokenOf(m member) string {
	apiVersion := m.plain.GetAPIVersion()
	if !strings.Contains(apiVersion, "/") {
		apiVersion = "core/" + apiVersion
	}
	return fmt.Sprintf("kubernetes:%s:%s", apiVersion, m.plain.GetKind())
}

// resourceName is the name that the official plugin gives.
func resourceName(prefix string, m member) string {
	name := m.plain.GetName()
	if namespace := m.plain.GetNamespace(); namespace != "" {
		name = namespace + "/" + name
	}
	if prefix != "" {
		name = prefix + ":" + name
	}
	return name
}
