package kubernetes

import (
	"context"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/proto"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"moat.dev/toolchain/plugins/internal/rpc"
)

// change is one field that differs.
type change struct {
	path    resource.PropertyPath
	kind    plugin.DiffKind
	replace bool
}

// Diff compares old and new inputs. Unchanged inputs need no request, so a preview without changes is quick.
func (p *provider) Diff(ctx context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	urn := resource.URN(r.Urn)
	if proto.Equal(r.OldInputs, r.News) {
		return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
	}
	maps, err := rpc.DecodeAll(r.Olds, r.OldInputs, r.News)
	if err != nil {
		return nil, err
	}
	state, oldInputs, news := maps[0], maps[1], maps[2]
	changes, err := changesOf(oldInputs, news)
	if err != nil {
		return nil, err
	}
	changes = p.withoutDefaultNamespace(changes, oldInputs, news)
	if len(changes) == 0 {
		return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
	}
	gvk, err := kindOf(urn.Type())
	if err != nil {
		return nil, err
	}
	rules := p.settings.rulesFor(gvk, rpc.RevealMap(oldInputs))
	for i, c := range changes {
		changes[i].replace = replaces(rules, c.path, c.kind == plugin.DiffDelete)
	}
	if !slices.ContainsFunc(changes, func(c change) bool { return c.replace }) {
		changes = p.asServer(ctx, urn, state, oldInputs, news, changes)
	}
	return diffResponse(changes, keepsName(oldInputs, news)), nil
}

// changesOf lists what differs, secrets by what they hide and by being secret.
func changesOf(old, news resource.PropertyMap) ([]change, error) {
	detailed := plugin.NewDetailedDiffFromObjectDiff(rpc.RevealMap(old).Diff(rpc.RevealMap(news)), true)
	if len(detailed) == 0 {
		detailed = plugin.NewDetailedDiffFromObjectDiff(old.Diff(news), true)
	}
	var changes []change
	for name, difference := range detailed {
		if strings.HasPrefix(name, "__") {
			continue
		}
		path, err := resource.ParsePropertyPath(name)
		if err != nil {
			return nil, fmt.Errorf("the property %s cannot be read: %w", name, err)
		}
		changes = append(changes, change{path: path, kind: difference.Kind})
	}
	return changes, nil
}

// withoutDefaultNamespace: to name the namespace that is the default anyway is no change.
func (p *provider) withoutDefaultNamespace(changes []change, old, news resource.PropertyMap) []change {
	return slices.DeleteFunc(changes, func(c change) bool {
		return c.path.String() == "metadata.namespace" && p.namespaceOf(old) == p.namespaceOf(news)
	})
}

func (p *provider) namespaceOf(inputs resource.PropertyMap) string {
	metadata, _ := metadataOf(inputs)
	if v := rpc.Reveal(metadata["namespace"]); v.IsString() {
		return v.StringValue()
	} else if v.IsComputed() {
		return "\x00" // not known yet, so not equal to any
	}
	if cluster, err := p.connect(); err == nil {
		return cluster.namespace
	}
	return "default"
}

// asServer corrects the changes by what the server says to the new inputs: a field that it calls immutable asks for a new
// object, and a field that an import names not but keeps is no change. Any other answer is left to the preview of the
// update.
func (p *provider) asServer(
	ctx context.Context, urn resource.URN, state, old, news resource.PropertyMap, changes []change,
) []change {
	u, known, err := object(news)
	if err != nil || !known {
		return changes
	}
	cluster, err := p.connect()
	if err != nil {
		return changes
	}
	client, err := cluster.client(u)
	if err != nil {
		return changes
	}
	tried, err := application{object: u, manager: storedManager(state, urn, u), force: true, dryRun: true}.send(ctx, client)
	if err != nil {
		return markImmutable(changes, err)
	}
	last, _, err := object(state)
	if _, isImport := old[importedKey]; err != nil || !isImport {
		return changes
	}
	return slices.DeleteFunc(changes, func(c change) bool {
		if c.kind != plugin.DiffDelete {
			return false
		}
		before, there := valueAt(last.Object, c.path)
		after, stays := valueAt(tried.Object, c.path)
		return there && stays && reflect.DeepEqual(before, after)
	})
}

// The API server has no code for it; these are the words of its validations.
var immutableWords = regexp.MustCompile(`immutable|may not change once set|cannot change|may not be changed|updates to \w+ spec for fields other than`)

// markImmutable marks the changes under the fields that the server does not let change.
func markImmutable(changes []change, err error) []change {
	var status apierrors.APIStatus
	if !apierrors.IsInvalid(err) || !asStatus(err, &status) || status.Status().Details == nil {
		return changes
	}
	for _, cause := range status.Status().Details.Causes {
		field, parseError := resource.ParsePropertyPath(cause.Field)
		if parseError != nil || !immutableWords.MatchString(cause.Message) {
			continue
		}
		for i, c := range changes {
			if field.Contains(c.path) || c.path.Contains(field) {
				changes[i].replace = true
			}
		}
	}
	return changes
}

// keepsName: the new object would have the name of the old one, so the old one must go first.
func keepsName(old, news resource.PropertyMap) bool {
	if isAutonamed(news) {
		return false
	}
	was, _, errOld := object(old)
	is, _, errNew := object(news)
	return errOld == nil && errNew == nil && sameName(was, is)
}

func sameName(a, b *unstructured.Unstructured) bool {
	return a.GetName() == b.GetName() && a.GetNamespace() == b.GetNamespace()
}

func diffResponse(changes []change, keepsName bool) *pulumirpc.DiffResponse {
	response := &pulumirpc.DiffResponse{
		Changes: pulumirpc.DiffResponse_DIFF_NONE, HasDetailedDiff: true, DetailedDiff: map[string]*pulumirpc.PropertyDiff{},
	}
	for _, c := range changes {
		response.Changes = pulumirpc.DiffResponse_DIFF_SOME
		kind := c.kind
		if c.replace {
			kind = kind.AsReplace()
			response.Replaces = append(response.Replaces, c.path.String())
		}
		response.Diffs = append(response.Diffs, c.path.String())
		response.DetailedDiff[c.path.String()] = &pulumirpc.PropertyDiff{
			Kind: pulumirpc.PropertyDiff_Kind(kind), InputDiff: true,
		}
	}
	slices.Sort(response.Replaces)
	slices.Sort(response.Diffs)
	response.DeleteBeforeReplace = len(response.Replaces) > 0 && keepsName
	return response
}
