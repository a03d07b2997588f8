package tls

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"net"
	"net/url"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"moat.dev/toolchain/plugins/internal/stateonly"
)

// names are the alternative names of a certificate.
type names struct {
	dns []string
	ips []net.IP
	uri []*url.URL
}

func checkNames(in resource.PropertyMap) error {
	_, err := namesOf(in)
	return err
}

func namesOf(in resource.PropertyMap) (names, error) {
	n := names{dns: stateonly.Texts(in, "dnsNames")}
	for _, text := range stateonly.Texts(in, "ipAddresses") {
		ip := net.ParseIP(text)
		if ip == nil {
			return n, fmt.Errorf("ipAddresses: %q is not an IP address", text)
		}
		n.ips = append(n.ips, ip)
	}
	for _, text := range stateonly.Texts(in, "uris") {
		uri, err := url.Parse(text)
		if err != nil {
			return n, fmt.Errorf("uris: %w", err)
		}
		n.uri = append(n.uri, uri)
	}
	return n, nil
}

// emailAddress in a subject, as PKCS 9 has it.
var emailAddress = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}

func subjectOf(in resource.PropertyMap) pkix.Name {
	v := in["subject"]
	if !v.IsObject() {
		return pkix.Name{}
	}
	s := v.ObjectValue()
	name := pkix.Name{
		CommonName:         stateonly.Text(s, "commonName"),
		SerialNumber:       stateonly.Text(s, "serialNumber"),
		Organization:       list(stateonly.Text(s, "organization")),
		OrganizationalUnit: list(stateonly.Text(s, "organizationalUnit")),
		Country:            list(stateonly.Text(s, "country")),
		Locality:           list(stateonly.Text(s, "locality")),
		PostalCode:         list(stateonly.Text(s, "postalCode")),
		Province:           list(stateonly.Text(s, "province")),
		StreetAddress:      stateonly.Texts(s, "streetAddresses"),
	}
	if email := stateonly.Text(s, "emailAddress"); email != "" {
		name.ExtraNames = append(name.ExtraNames, pkix.AttributeTypeAndValue{
			Type: emailAddress, Value: asn1.RawValue{Tag: asn1.TagIA5String, Bytes: []byte(email)},
		})
	}
	return name
}

func list(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}
