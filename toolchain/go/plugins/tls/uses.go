package tls

import (
	"crypto/x509"
	"slices"
)

var keyUses = map[string]x509.KeyUsage{
	"digital_signature":  x509.KeyUsageDigitalSignature,
	"content_commitment": x509.KeyUsageContentCommitment,
	"key_encipherment":   x509.KeyUsageKeyEncipherment,
	"data_encipherment":  x509.KeyUsageDataEncipherment,
	"key_agreement":      x509.KeyUsageKeyAgreement,
	"cert_signing":       x509.KeyUsageCertSign,
	"crl_signing":        x509.KeyUsageCRLSign,
	"encipher_only":      x509.KeyUsageEncipherOnly,
	"decipher_only":      x509.KeyUsageDecipherOnly,
}

var extendedUses = map[string]x509.ExtKeyUsage{
	"any_extended":                  x509.ExtKeyUsageAny,
	"server_auth":                   x509.ExtKeyUsageServerAuth,
	"client_auth":                   x509.ExtKeyUsageClientAuth,
	"code_signing":                  x509.ExtKeyUsageCodeSigning,
	"email_protection":              x509.ExtKeyUsageEmailProtection,
	"ipsec_end_system":              x509.ExtKeyUsageIPSECEndSystem,
	"ipsec_tunnel":                  x509.ExtKeyUsageIPSECTunnel,
	"ipsec_user":                    x509.ExtKeyUsageIPSECUser,
	"timestamping":                  x509.ExtKeyUsageTimeStamping,
	"ocsp_signing":                  x509.ExtKeyUsageOCSPSigning,
	"microsoft_server_gated_crypto": x509.ExtKeyUsageMicrosoftServerGatedCrypto,
	"netscape_server_gated_crypto":  x509.ExtKeyUsageNetscapeServerGatedCrypto,
}

func isUse(name string) bool {
	_, key := keyUses[name]
	_, extended := extendedUses[name]
	return key || extended
}

func setUses(cert *x509.Certificate, names []string) {
	for _, name := range names {
		if use, ok := keyUses[name]; ok {
			cert.KeyUsage |= use
		}
		if use, ok := extendedUses[name]; ok {
			cert.ExtKeyUsage = append(cert.ExtKeyUsage, use)
		}
	}
}

// uses lists all names, for a message.
func uses() []string {
	var all []string
	for name := range keyUses {
		all = append(all, name)
	}
	for name := range extendedUses {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}
