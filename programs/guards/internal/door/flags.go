package door

import (
	"flag"
	"net"
	"net/url"
	"os"
)

// account of the pod at the API server, as Kubernetes lays it down.
const account = "/var/run/secrets/kubernetes.io/serviceaccount/"

// Flags registers a flag for each option; finish reads those that are more than a text.
func (o *Options) Flags(flags *flag.FlagSet) (finish func() error) {
	flags.StringVar(&o.NamespaceHeader, "header", "X-Moat-Namespace", "Header with a namespace that the request is for, once for each.")
	flags.StringVar(&o.Audience, "audience", "moat-read-gateway", "Audience that tokens must be made for.")
	o.Permission = Permission{"namespace", "metrics"}
	flags.Var(&o.Permission, "permission", "Resource that one must be allowed to get, or create for POST, in the namespace: <resource>/<subresource>.")
	flags.StringVar(&o.Readers, "readers-ca", "", "Authority of certificates that clients may show instead of a token. Default: tokens only.")
	flags.StringVar(&o.Edge.Authority, "edge-ca", "", "Authority of the edge's certificate for clients. From a connection with it the client's address is believed, and nothing else.")
	flags.StringVar(&o.Edge.Name, "edge-name", "", "Name in that certificate.")
	host := net.JoinHostPort(os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"))
	server := flags.String("api-server", "https://"+host, "URL of the API server. Default: the pod's own cluster.")
	flags.StringVar(&o.API.Authority, "api-ca", account+"ca.crt", "Authority of its certificate.")
	flags.StringVar(&o.API.Token, "api-token", account+"token", "File with the token to show there.")
	o.Bounds.Flags(flags)
	return func() (err error) {
		if o.API.URL, err = url.Parse(*server); err != nil {
			return err
		}
		return o.API.Connect()
	}
}
