package tls

import (
	"crypto"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 5280 has key ids as SHA-1
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"moat.dev/toolchain/plugins/internal/stateonly"
)

func checkCert(in resource.PropertyMap) error {
	if stateonly.Whole(in, "validityPeriodHours") < 1 {
		return errors.New("validityPeriodHours must be at least 1")
	}
	if stateonly.Whole(in, "earlyRenewalHours") < 0 {
		return errors.New("earlyRenewalHours must not be negative")
	}
	for _, use := range stateonly.Texts(in, "allowedUses") {
		if !isUse(use) {
			return fmt.Errorf("allowedUses: %q is not a use; uses are %v", use, uses())
		}
	}
	return checkNames(in)
}

func createRequest(in resource.PropertyMap) (string, resource.PropertyMap, error) {
	key, algorithm, err := parseKey(stateonly.Text(in, "privateKeyPem"), "privateKeyPem")
	if err != nil {
		return "", nil, err
	}
	n, err := namesOf(in)
	if err != nil {
		return "", nil, err
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		Subject: subjectOf(in), DNSNames: n.dns, IPAddresses: n.ips, URIs: n.uri,
	}, key)
	if err != nil {
		return "", nil, err
	}
	return hexSum(der), stateonly.Strings(map[resource.PropertyKey]string{
		"certRequestPem": encodePEM("CERTIFICATE REQUEST", der), "keyAlgorithm": algorithm,
	}), nil
}

func createSelfSigned(in resource.PropertyMap) (string, resource.PropertyMap, error) {
	key, algorithm, err := parseKey(stateonly.Text(in, "privateKeyPem"), "privateKeyPem")
	if err != nil {
		return "", nil, err
	}
	n, err := namesOf(in)
	if err != nil {
		return "", nil, err
	}
	cert := &x509.Certificate{Subject: subjectOf(in), DNSNames: n.dns, IPAddresses: n.ips, URIs: n.uri}
	if stateonly.Truth(in, "setAuthorityKeyId") {
		if cert.AuthorityKeyId, err = keyID(key.Public()); err != nil {
			return "", nil, err
		}
	}
	return sign(in, cert, cert, key.Public(), key, resource.PropertyMap{"keyAlgorithm": resource.NewProperty(algorithm)})
}

func createLocallySigned(in resource.PropertyMap) (string, resource.PropertyMap, error) {
	caKey, algorithm, err := parseKey(stateonly.Text(in, "caPrivateKeyPem"), "caPrivateKeyPem")
	if err != nil {
		return "", nil, err
	}
	block, _ := pem.Decode([]byte(stateonly.Text(in, "caCertPem")))
	if block == nil {
		return "", nil, errors.New("caCertPem is not a PEM block")
	}
	ca, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return "", nil, fmt.Errorf("caCertPem is not a certificate: %w", err)
	}
	block, _ = pem.Decode([]byte(stateonly.Text(in, "certRequestPem")))
	if block == nil {
		return "", nil, errors.New("certRequestPem is not a PEM block")
	}
	request, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		return "", nil, fmt.Errorf("certRequestPem is not a certificate request: %w", err)
	}
	if err := request.CheckSignature(); err != nil {
		return "", nil, fmt.Errorf("certRequestPem is not signed by its key: %w", err)
	}
	cert := &x509.Certificate{
		RawSubject: request.RawSubject, DNSNames: request.DNSNames, IPAddresses: request.IPAddresses, URIs: request.URIs,
	}
	return sign(in, cert, ca, request.PublicKey, caKey, resource.PropertyMap{"caKeyAlgorithm": resource.NewProperty(algorithm)})
}

// serialBits keeps serial numbers unique and within the 20 octets that RFC 5280 allows.
const serialBits = 128

func sign(
	in resource.PropertyMap, cert, parent *x509.Certificate, public crypto.PublicKey, signer crypto.Signer,
	out resource.PropertyMap,
) (string, resource.PropertyMap, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), serialBits))
	if err != nil {
		return "", nil, err
	}
	cert.SerialNumber = serial
	cert.NotBefore = time.Now().UTC().Truncate(time.Second)
	cert.NotAfter = cert.NotBefore.Add(time.Duration(stateonly.Whole(in, "validityPeriodHours")) * time.Hour)
	cert.BasicConstraintsValid = true
	cert.IsCA = stateonly.Truth(in, "isCaCertificate")
	if cert.IsCA && in.HasValue("maxPathLength") {
		cert.MaxPathLen = stateonly.Whole(in, "maxPathLength")
		cert.MaxPathLenZero = cert.MaxPathLen == 0
	}
	setUses(cert, stateonly.Texts(in, "allowedUses"))
	switch {
	case stateonly.Truth(in, "setSubjectKeyId"):
		if cert.SubjectKeyId, err = keyID(public); err != nil {
			return "", nil, err
		}
	case cert.IsCA:
		// Go gives every CA a subject key id, and verifiers want one.
		if cert.SubjectKeyId, err = keyID(public); err != nil {
			return "", nil, err
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, parent, public, signer)
	if err != nil {
		return "", nil, err
	}
	out["certPem"] = resource.NewProperty(encodePEM("CERTIFICATE", der))
	out["readyForRenewal"] = resource.NewProperty(false)
	out["validityStartTime"] = resource.NewProperty(cert.NotBefore.Format(time.RFC3339))
	out["validityEndTime"] = resource.NewProperty(cert.NotAfter.Format(time.RFC3339))
	return serial.String(), out, nil
}

// observeRenewal says whether a certificate is so near its end that the next update makes a new one.
func observeRenewal(in, out resource.PropertyMap, now time.Time) resource.PropertyKey {
	end, err := time.Parse(time.RFC3339, stateonly.Text(out, "validityEndTime"))
	if err != nil {
		return "" // nothing was made yet
	}
	early := time.Duration(stateonly.Whole(in, "earlyRenewalHours")) * time.Hour
	ready := !now.Before(end.Add(-early))
	out["readyForRenewal"] = resource.NewProperty(ready)
	if ready {
		return "readyForRenewal"
	}
	return ""
}

// keyID is the SHA-1 of the key's bits, the first method of RFC 5280, 4.2.1.2.
func keyID(public crypto.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, err
	}
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &info); err != nil {
		return nil, err
	}
	sum := sha1.Sum(info.Key.Bytes) //nolint:gosec // as the RFC says
	return slices.Clone(sum[:]), nil
}
