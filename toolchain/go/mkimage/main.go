// mkimage writes a docker archive of one image, made of programs and folders on an empty base, to standard output.
// It needs no container engine:
//
//	mkimage -tag quay.io/x/y:v1 -config '{"Entrypoint":["/bin/y"]}' /path/to/y=/bin/y /tmp/:1777 /data/:0755:65534
//
// An argument is source=/target for a file, or /folder/:mode[:uid] for an empty folder.
package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// passwd names the users that upstream images run as.
const passwd = "root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n"

// epoch is the time of every file, so that the same input gives the same image.
var epoch = time.Unix(0, 0)

func main() {
	tag := flag.String("tag", "", "name of the image with its tag")
	config := flag.String("config", "{}", "image configuration as JSON: Entrypoint, Cmd, Env, User, WorkingDir")
	flag.Parse()
	if err := run(os.Stdout, *tag, json.RawMessage(*config), flag.Args()); err != nil {
		log.Fatal("mkimage: ", err)
	}
}

func run(out io.Writer, tag string, config json.RawMessage, entries []string) error {
	layer, err := os.CreateTemp("", "mkimage")
	if err != nil {
		return err
	}
	defer os.Remove(layer.Name())
	defer layer.Close()
	hash := sha256.New()
	if err := writeLayer(io.MultiWriter(layer, hash), entries); err != nil {
		return err
	}
	digest := fmt.Sprintf("sha256:%x", hash.Sum(nil))
	image, err := json.Marshal(map[string]any{
		"architecture": runtime.GOARCH, "os": "linux", "config": config,
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{digest}},
	})
	if err != nil {
		return err
	}
	manifest, err := json.Marshal([]map[string]any{{"Config": "config.json", "RepoTags": []string{tag}, "Layers": []string{"layer.tar"}}})
	if err != nil {
		return err
	}
	size, err := layer.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if _, err := layer.Seek(0, io.SeekStart); err != nil {
		return err
	}
	archive := tar.NewWriter(out)
	for _, file := range []struct {
		name string
		size int64
		data io.Reader
	}{
		{"manifest.json", int64(len(manifest)), bytes.NewReader(manifest)},
		{"config.json", int64(len(image)), bytes.NewReader(image)},
		{"layer.tar", size, layer},
	} {
		if err := archive.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: file.name, Mode: 0o644, Size: file.size, ModTime: epoch}); err != nil {
			return err
		}
		if _, err := io.Copy(archive, file.data); err != nil {
			return err
		}
	}
	return archive.Close()
}

// layerWriter makes the folders above each entry once.
type layerWriter struct {
	*tar.Writer
	made map[string]bool
}

func writeLayer(out io.Writer, entries []string) error {
	w := layerWriter{tar.NewWriter(out), map[string]bool{"/": true}}
	if err := w.content("/etc/passwd", 0o644, int64(len(passwd)), strings.NewReader(passwd)); err != nil {
		return err
	}
	for _, entry := range entries {
		if source, target, ok := strings.Cut(entry, "="); ok {
			if err := w.file(source, target); err != nil {
				return err
			}
		} else if err := w.emptyFolder(entry); err != nil {
			return err
		}
	}
	return w.Close()
}

func (w layerWriter) folder(name string, mode int64, uid int) error {
	if w.made[name] {
		return nil
	}
	if err := w.folder(path.Dir(name), 0o755, 0); err != nil {
		return err
	}
	w.made[name] = true
	return w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: strings.TrimPrefix(name, "/") + "/", Mode: mode, Uid: uid, Gid: uid, ModTime: epoch})
}

func (w layerWriter) emptyFolder(entry string) error {
	parts := strings.Split(entry, ":")
	if len(parts) < 2 {
		return fmt.Errorf("want source=/target or /folder/:mode[:uid], have %q", entry)
	}
	mode, err := strconv.ParseInt(parts[1], 8, 32)
	if err != nil {
		return fmt.Errorf("mode of %q: %w", entry, err)
	}
	uid := 0
	if len(parts) > 2 {
		if uid, err = strconv.Atoi(parts[2]); err != nil {
			return fmt.Errorf("uid of %q: %w", entry, err)
		}
	}
	return w.folder(path.Clean(parts[0]), mode, uid)
}

func (w layerWriter) file(source, target string) error {
	f, err := os.Open(source)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return w.content(target, 0o755, info.Size(), f)
}

func (w layerWriter) content(target string, mode, size int64, data io.Reader) error {
	if err := w.folder(path.Dir(target), 0o755, 0); err != nil {
		return err
	}
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: strings.TrimPrefix(target, "/"), Mode: mode, Size: size, ModTime: epoch}); err != nil {
		return err
	}
	_, err := io.Copy(w, data)
	return err
}
