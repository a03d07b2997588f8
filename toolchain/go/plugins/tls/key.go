package tls

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // the id of a certificate is the SHA-1 of its key; nothing relies on its strength
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"golang.org/x/crypto/ssh"

	"moat.dev/toolchain/plugins/internal/stateonly"
)

var curves = map[string]elliptic.Curve{
	"P224": elliptic.P224(), "P256": elliptic.P256(), "P384": elliptic.P384(), "P521": elliptic.P521(),
}

// leastRSABits is what may still be called secure.
const leastRSABits = 2048

func checkKey(in resource.PropertyMap) error {
	switch algorithm := stateonly.Text(in, "algorithm"); algorithm {
	case "ECDSA":
		if curves[stateonly.Text(in, "ecdsaCurve")] == nil {
			return fmt.Errorf("ecdsaCurve must be P224, P256, P384 or P521, not %q", stateonly.Text(in, "ecdsaCurve"))
		}
	case "RSA":
		if bits := stateonly.Whole(in, "rsaBits"); bits < leastRSABits {
			return fmt.Errorf("rsaBits must be at least %d, not %d", leastRSABits, bits)
		}
	case "ED25519":
	default:
		return fmt.Errorf("algorithm must be ECDSA, RSA or ED25519, not %q", algorithm)
	}
	return nil
}

func createKey(in resource.PropertyMap) (string, resource.PropertyMap, error) {
	key, err := generate(in)
	if err != nil {
		return "", nil, err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", nil, err
	}
	private, err := privatePEM(key, pkcs8)
	if err != nil {
		return "", nil, err
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return "", nil, err
	}
	out := map[resource.PropertyKey]string{
		"privateKeyPem": private, "privateKeyPemPkcs8": encodePEM("PRIVATE KEY", pkcs8), "privateKeyOpenssh": "",
		"publicKeyPem": encodePEM("PUBLIC KEY", public), "publicKeyOpenssh": "",
		"publicKeyFingerprintMd5": "", "publicKeyFingerprintSha256": "",
	}
	// OpenSSH has no P224; the official plugin leaves the outputs empty.
	if forSSH, err := ssh.NewPublicKey(key.Public()); err == nil {
		block, err := ssh.MarshalPrivateKey(key, "")
		if err != nil {
			return "", nil, err
		}
		out["privateKeyOpenssh"] = string(pem.EncodeToMemory(block))
		out["publicKeyOpenssh"] = string(ssh.MarshalAuthorizedKey(forSSH))
		out["publicKeyFingerprintMd5"] = ssh.FingerprintLegacyMD5(forSSH)
		out["publicKeyFingerprintSha256"] = ssh.FingerprintSHA256(forSSH)
	}
	return hexSum(public), stateonly.Strings(out), nil
}

func generate(in resource.PropertyMap) (crypto.Signer, error) {
	switch stateonly.Text(in, "algorithm") {
	case "ECDSA":
		return ecdsa.GenerateKey(curves[stateonly.Text(in, "ecdsaCurve")], rand.Reader)
	case "RSA":
		return rsa.GenerateKey(rand.Reader, stateonly.Whole(in, "rsaBits"))
	default:
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	}
}

// privatePEM is the form that belongs to the algorithm; ED25519 has PKCS 8 only.
func privatePEM(key crypto.Signer, pkcs8 []byte) (string, error) {
	switch k := key.(type) {
	case *ecdsa.PrivateKey:
		der, err := x509.MarshalECPrivateKey(k)
		return encodePEM("EC PRIVATE KEY", der), err
	case *rsa.PrivateKey:
		return encodePEM("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(k)), nil
	default:
		return encodePEM("PRIVATE KEY", pkcs8), nil
	}
}

// parseKey reads a private key in any of the forms that privatePEM and other tools write.
func parseKey(text, property string) (key crypto.Signer, algorithm string, err error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, "", fmt.Errorf("%s is not a PEM block", property)
	}
	var parsed any
	switch block.Type {
	case "EC PRIVATE KEY":
		parsed, err = x509.ParseECPrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		parsed, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "PRIVATE KEY":
		parsed, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "OPENSSH PRIVATE KEY":
		parsed, err = ssh.ParseRawPrivateKey([]byte(text))
	default:
		err = errors.New("it is a " + block.Type)
	}
	if err != nil {
		return nil, "", fmt.Errorf("%s is not a private key: %w", property, err)
	}
	switch k := parsed.(type) {
	case *ecdsa.PrivateKey:
		return k, "ECDSA", nil
	case *rsa.PrivateKey:
		return k, "RSA", nil
	case ed25519.PrivateKey:
		return k, "ED25519", nil
	case *ed25519.PrivateKey:
		return k, "ED25519", nil
	}
	return nil, "", fmt.Errorf("%s is a key of an unknown algorithm", property)
}

func encodePEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func hexSum(b []byte) string {
	sum := sha1.Sum(b) //nolint:gosec // an id
	return hex.EncodeToString(sum[:])
}
