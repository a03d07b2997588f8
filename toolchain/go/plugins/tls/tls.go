// Package tls is a local stand-in for the plugin of @pulumi/tls: PrivateKey, SelfSignedCert, CertRequest and
// LocallySignedCert.
package tls

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"moat.dev/toolchain/plugins/internal/rpc"
	"moat.dev/toolchain/plugins/internal/stateonly"
)

// Serve answers the engine until it goes away.
func Serve(process rpc.Process) error { return stateonly.Serve(process, types) }

type keys = []resource.PropertyKey

// defaultRSABits is the default of the official plugin.
const defaultRSABits = 2048

var types = map[string]stateonly.Type{
	"index/privateKey:PrivateKey": {
		Inputs:   keys{"algorithm", "ecdsaCurve", "rsaBits"},
		Required: keys{"algorithm"},
		Defaults: resource.PropertyMap{
			"ecdsaCurve": resource.NewProperty("P224"), "rsaBits": resource.NewProperty(float64(defaultRSABits)),
		},
		Outputs: keys{
			"privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8", "publicKeyFingerprintMd5",
			"publicKeyFingerprintSha256", "publicKeyOpenssh", "publicKeyPem",
		},
		Secrets: keys{"privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"},
		Check:   checkKey,
		Create:  createKey,
	},
	"index/certRequest:CertRequest": {
		Inputs:   keys{"dnsNames", "ipAddresses", "privateKeyPem", "subject", "uris"},
		Required: keys{"privateKeyPem"},
		Outputs:  keys{"certRequestPem", "keyAlgorithm"},
		Secrets:  keys{"privateKeyPem"},
		Check:    checkNames,
		Create:   createRequest,
	},
	"index/selfSignedCert:SelfSignedCert": {
		Inputs: keys{
			"allowedUses", "dnsNames", "earlyRenewalHours", "ipAddresses", "isCaCertificate", "maxPathLength",
			"privateKeyPem", "setAuthorityKeyId", "setSubjectKeyId", "subject", "uris", "validityPeriodHours",
		},
		Required: keys{"allowedUses", "privateKeyPem", "validityPeriodHours"},
		Defaults: certDefaults(resource.PropertyMap{"setAuthorityKeyId": resource.NewProperty(false)}),
		Outputs:  keys{"certPem", "keyAlgorithm", "readyForRenewal", "validityEndTime", "validityStartTime"},
		Secrets:  keys{"privateKeyPem"},
		InPlace:  keys{"earlyRenewalHours"},
		Check:    checkCert,
		Create:   createSelfSigned,
		Observe:  observeRenewal,
	},
	"index/locallySignedCert:LocallySignedCert": {
		Inputs: keys{
			"allowedUses", "caCertPem", "caPrivateKeyPem", "certRequestPem", "earlyRenewalHours", "isCaCertificate",
			"maxPathLength", "setSubjectKeyId", "validityPeriodHours",
		},
		Required: keys{"allowedUses", "caCertPem", "caPrivateKeyPem", "certRequestPem", "validityPeriodHours"},
		Defaults: certDefaults(nil),
		Outputs:  keys{"caKeyAlgorithm", "certPem", "readyForRenewal", "validityEndTime", "validityStartTime"},
		Secrets:  keys{"caPrivateKeyPem"},
		InPlace:  keys{"earlyRenewalHours"},
		Check:    checkCert,
		Create:   createLocallySigned,
		Observe:  observeRenewal,
	},
}

func certDefaults(more resource.PropertyMap) resource.PropertyMap {
	all := resource.PropertyMap{
		"earlyRenewalHours": resource.NewProperty(0.0), "isCaCertificate": resource.NewProperty(false),
		"setSubjectKeyId": resource.NewProperty(false),
	}
	for key, value := range more {
		all[key] = value
	}
	return all
}
