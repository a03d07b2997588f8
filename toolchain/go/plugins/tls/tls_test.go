package tls

import (
	"crypto/x509"
	"encoding/pem"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

func props(v map[string]any) resource.PropertyMap { return resource.NewPropertyMapFromMap(v) }

func makeKey(t *testing.T, v map[string]any) resource.PropertyMap {
	t.Helper()
	in := types["index/privateKey:PrivateKey"].Defaults.Copy()
	for key, value := range props(v) {
		in[key] = value
	}
	if err := checkKey(in); err != nil {
		t.Fatal(err)
	}
	_, out, err := createKey(in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestKeysReadBack(t *testing.T) {
	for _, c := range []map[string]any{
		{"algorithm": "ECDSA", "ecdsaCurve": "P256"}, {"algorithm": "ECDSA", "ecdsaCurve": "P384"},
		{"algorithm": "ECDSA", "ecdsaCurve": "P224"}, {"algorithm": "ED25519"}, {"algorithm": "RSA", "rsaBits": 2048},
	} {
		out := makeKey(t, c)
		for _, form := range []resource.PropertyKey{"privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"} {
			text := out[form].StringValue()
			if text == "" && c["ecdsaCurve"] == "P224" {
				continue
			}
			if _, algorithm, err := parseKey(text, "key"); err != nil || algorithm != c["algorithm"] {
				t.Errorf("%v %s: %s, %v", c, form, algorithm, err)
			}
		}
	}
}

func TestKeysRefused(t *testing.T) {
	for _, c := range []map[string]any{
		{"algorithm": "DSA"}, {"algorithm": "ECDSA", "ecdsaCurve": "P1"}, {"algorithm": "RSA", "rsaBits": 1024},
	} {
		if checkKey(props(c)) == nil {
			t.Errorf("%v must be refused", c)
		}
	}
}

func parse(t *testing.T, text string) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestChainVerifies(t *testing.T) {
	caKey := makeKey(t, map[string]any{"algorithm": "ECDSA", "ecdsaCurve": "P384"})["privateKeyPem"]
	key := makeKey(t, map[string]any{"algorithm": "ED25519"})["privateKeyPem"]
	_, ca, err := createSelfSigned(resource.PropertyMap{
		"privateKeyPem": caKey, "isCaCertificate": resource.NewProperty(true), "validityPeriodHours": resource.NewProperty(10.0),
		"subject":     resource.NewProperty(props(map[string]any{"commonName": "ca", "organization": "moat"})),
		"allowedUses": resource.NewPropertyValue([]any{"cert_signing", "crl_signing"}), "setAuthorityKeyId": resource.NewProperty(true),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, request, err := createRequest(resource.PropertyMap{
		"privateKeyPem": key, "dnsNames": resource.NewPropertyValue([]any{"gateway.localhost"}),
		"ipAddresses": resource.NewPropertyValue([]any{"127.0.0.1"}),
		"subject":     resource.NewProperty(props(map[string]any{"commonName": "gateway"})),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, leaf, err := createLocallySigned(resource.PropertyMap{
		"caPrivateKeyPem": caKey, "caCertPem": ca["certPem"], "certRequestPem": request["certRequestPem"],
		"validityPeriodHours": resource.NewProperty(1.0), "setSubjectKeyId": resource.NewProperty(true),
		"allowedUses": resource.NewPropertyValue([]any{"digital_signature", "server_auth"}),
	})
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	root, cert := parse(t, ca["certPem"].StringValue()), parse(t, leaf["certPem"].StringValue())
	roots.AddCert(root)
	for _, name := range []string{"gateway.localhost", "127.0.0.1"} {
		if _, err := cert.Verify(x509.VerifyOptions{Roots: roots, DNSName: name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if cert.IsCA || len(cert.SubjectKeyId) != 20 || string(cert.AuthorityKeyId) != string(root.SubjectKeyId) {
		t.Errorf("got a CA (%v) or wrong key ids", cert.IsCA)
	}
}

func TestRenewal(t *testing.T) {
	end := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	in := props(map[string]any{"earlyRenewalHours": 24})
	for hours, want := range map[int]bool{-25: false, -24: true, 1: true} {
		out := props(map[string]any{"validityEndTime": end.Format(time.RFC3339)})
		stale := observeRenewal(in, out, end.Add(time.Duration(hours)*time.Hour))
		if (stale != "") != want || out["readyForRenewal"].BoolValue() != want {
			t.Errorf("%d h: %q, want %v", hours, stale, want)
		}
	}
}
