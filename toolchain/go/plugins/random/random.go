// Package random is a local stand-in for the plugin of @pulumi/random: RandomPassword, RandomString, RandomId and
// RandomBytes.
package random

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"math/big"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"golang.org/x/crypto/bcrypt"

	"moat.dev/toolchain/plugins/internal/rpc"
	"moat.dev/toolchain/plugins/internal/stateonly"
)

// Serve answers the engine until it goes away.
func Serve(process rpc.Process) error { return stateonly.Serve(process, types) }

var types = map[string]stateonly.Type{
	"index/randomPassword:RandomPassword": characters([]resource.PropertyKey{"bcryptHash", "result"}, password),
	"index/randomString:RandomString":     characters(nil, text),
	"index/randomId:RandomId": {
		Inputs:   []resource.PropertyKey{"byteLength", "keepers", "prefix"},
		Required: []resource.PropertyKey{"byteLength"},
		Outputs:  []resource.PropertyKey{"b64Std", "b64Url", "dec", "hex"},
		Check:    func(in resource.PropertyMap) error { return positive(in, "byteLength") },
		Create:   id,
	},
	"index/randomBytes:RandomBytes": {
		Inputs:   []resource.PropertyKey{"keepers", "length"},
		Required: []resource.PropertyKey{"length"},
		Outputs:  []resource.PropertyKey{"base64", "hex"},
		Secrets:  []resource.PropertyKey{"base64", "hex"},
		Check:    func(in resource.PropertyMap) error { return positive(in, "length") },
		Create:   bytes,
	},
}

// characters is the part that passwords and strings share.
func characters(
	secrets []resource.PropertyKey,
	create func(resource.PropertyMap) (string, resource.PropertyMap, error),
) stateonly.Type {
	outputs := []resource.PropertyKey{"result"}
	if secrets != nil {
		outputs = secrets
	}
	return stateonly.Type{
		Inputs: []resource.PropertyKey{
			"keepers", "length", "lower", "minLower", "minNumeric", "minSpecial", "minUpper", "number", "numeric",
			"overrideSpecial", "special", "upper",
		},
		Required: []resource.PropertyKey{"length"},
		Defaults: resource.PropertyMap{
			"lower": resource.NewProperty(true), "upper": resource.NewProperty(true), "special": resource.NewProperty(true),
			"numeric": resource.NewProperty(true), "minLower": resource.NewProperty(0.0), "minUpper": resource.NewProperty(0.0),
			"minNumeric": resource.NewProperty(0.0), "minSpecial": resource.NewProperty(0.0),
		},
		Outputs: outputs, Secrets: secrets, Create: create,
		Check: func(in resource.PropertyMap) error { _, err := rulesOf(in); return err },
	}
}

func password(in resource.PropertyMap) (string, resource.PropertyMap, error) {
	result, err := draw(in)
	if err != nil {
		return "", nil, err
	}
	// bcrypt takes 72 bytes; the rest of a longer password does not count, as in the official plugin.
	hash, err := bcrypt.GenerateFromPassword([]byte(result)[:min(len(result), 72)], bcrypt.DefaultCost)
	if err != nil {
		return "", nil, err
	}
	return "none", stateonly.Strings(map[resource.PropertyKey]string{"result": result, "bcryptHash": string(hash)}), nil
}

func text(in resource.PropertyMap) (string, resource.PropertyMap, error) {
	result, err := draw(in)
	return result, stateonly.Strings(map[resource.PropertyKey]string{"result": result}), err
}

func id(in resource.PropertyMap) (string, resource.PropertyMap, error) {
	b := random(stateonly.Whole(in, "byteLength"))
	prefix := stateonly.Text(in, "prefix")
	url := base64.RawURLEncoding.EncodeToString(b)
	return url, stateonly.Strings(map[resource.PropertyKey]string{
		"b64Std": prefix + base64.StdEncoding.EncodeToString(b),
		"b64Url": prefix + url,
		"dec":    prefix + new(big.Int).SetBytes(b).String(),
		"hex":    prefix + hex.EncodeToString(b),
	}), nil
}

func bytes(in resource.PropertyMap) (string, resource.PropertyMap, error) {
	b := random(stateonly.Whole(in, "length"))
	return "none", stateonly.Strings(map[resource.PropertyKey]string{
		"base64": base64.StdEncoding.EncodeToString(b), "hex": hex.EncodeToString(b),
	}), nil
}

func random(length int) []byte {
	b := make([]byte, length)
	_, _ = rand.Read(b) // it never fails: it ends the program instead
	return b
}

func positive(in resource.PropertyMap, key resource.PropertyKey) error {
	if stateonly.Whole(in, key) < 1 {
		return errors.New(string(key) + " must be at least 1")
	}
	return nil
}
