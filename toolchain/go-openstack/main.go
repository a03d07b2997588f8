// The provider plugin of @pulumi/openstack for machines that cannot download the published one: the same Terraform provider under the same
// bridge. It is no stand-in: it checks at preview what the published one checks, and makes real resources.
package main

import (
	"encoding/json"
	"log"
	"strings"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/terraform-provider-openstack/terraform-provider-openstack/openstack"
)

const packageName = "openstack"

// version is that of the SDK, set when the program is linked.
var version = "0.0.0"

func main() {
	info := provider()
	schema, err := json.Marshal(schemaOf(info))
	if err != nil {
		log.Fatalf("cannot write the schema: %v", err)
	}
	tfbridge.Main(packageName, version, info, schema)
}

func provider() tfbridge.ProviderInfo {
	info := tfbridge.ProviderInfo{
		P:           shimv2.NewProvider(openstack.Provider()),
		Name:        packageName,
		Version:     version,
		Resources:   map[string]*tfbridge.ResourceInfo{},
		DataSources: map[string]*tfbridge.DataSourceInfo{},
	}
	for module, kinds := range resources {
		for kind, name := range kinds {
			info.Resources[terraformName(kind)] = &tfbridge.ResourceInfo{
				Tok:    tokens.Type(token(module, name)),
				Fields: renamed[kind],
			}
		}
	}
	for module, kinds := range functions {
		for kind, name := range kinds {
			info.DataSources[terraformName(kind)] = &tfbridge.DataSourceInfo{
				Tok: tokens.ModuleMember(token(module, name)),
			}
		}
	}
	info.SetAutonaming(255, "-")
	return info
}

func terraformName(kind string) string { return packageName + "_" + kind }

// token of a type or function: openstack:compute/instance:Instance.
func token(module, name string) string {
	return packageName + ":" + module + "/" + strings.ToLower(name[:1]) + name[1:] + ":" + name
}

var many = false

// renamed are the properties to which the SDK gives another name or shape than the bridge would.
var renamed = map[string]map[string]*tfbridge.SchemaInfo{
	"compute_servergroup_v2": {"policies": {MaxItemsOne: &many}},
	"networking_subnet_v2": {
		"allocation_pool":  {Name: "allocationPools"},
		"allocation_pools": {Name: "allocationPoolsCollection"},
	},
	"orchestration_stack_v1": {"outputs": {Name: "StackOutputs"}},
}
