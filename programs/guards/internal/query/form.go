package query

import (
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

// readForm reads the parameters as Prometheus does, from the url and from the body of a POST, and refuses what two programs could read
// differently: a parameter of one value twice, a body of another type. What is not in `known` is dropped.
func readForm(w http.ResponseWriter, r *http.Request, known []string, maxBody int64) (url.Values, error) {
	form, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, badData(reasonParameter, "the url's parameters cannot be read: "+err.Error())
	}
	if r.Method == http.MethodPost {
		body, err := readBody(w, r, maxBody)
		if err != nil {
			return nil, err
		}
		for name, values := range body {
			form[name] = append(form[name], values...)
		}
	}
	kept := url.Values{}
	for _, name := range known {
		values := form[name]
		if len(values) > 1 && !strings.HasSuffix(name, "[]") {
			return nil, badData(reasonParameter, fmt.Sprintf("parameter %q is given %d times", name, len(values)))
		}
		if len(values) > 0 {
			kept[name] = values
		}
	}
	return kept, nil
}

func readBody(w http.ResponseWriter, r *http.Request, max int64) (url.Values, error) {
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return nil, badData(reasonBody, "bodies with a Content-Encoding are not read")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, max))
	if err != nil {
		if _, tooLarge := err.(*http.MaxBytesError); tooLarge {
			return nil, &problem{status: http.StatusRequestEntityTooLarge, kind: "bad_data", message: fmt.Sprintf("the body has more than %d bytes", max), reason: reasonBody}
		}
		return nil, badData(reasonBody, "the body cannot be read")
	}
	if len(body) == 0 {
		return nil, nil
	}
	types := r.Header.Values("Content-Type")
	if len(types) != 1 {
		return nil, badData(reasonBody, "a body wants one Content-Type: application/x-www-form-urlencoded")
	}
	if kind, _, err := mime.ParseMediaType(types[0]); err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, badData(reasonBody, "the body must be of the type application/x-www-form-urlencoded")
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, badData(reasonParameter, "the body's parameters cannot be read: "+err.Error())
	}
	return form, nil
}

// seconds of a time or a duration. Thanos gets the number, so that nothing reads the client's text again.
type seconds float64

func (s seconds) text() string            { return strconv.FormatFloat(float64(s), 'f', -1, 64) }
func (s seconds) duration() time.Duration { return time.Duration(float64(s) * float64(time.Second)) }

// longest is the greatest number of seconds that a time.Duration holds: 292 years.
const longest = float64(math.MaxInt64 / int64(time.Second))

func invalid(name, text, what string) error {
	return badData(reasonParameter, fmt.Sprintf("invalid parameter %q: cannot parse %.100q to a valid %s", name, text, what))
}

// readTime reads a parameter that is a time, if it is there.
func readTime(form url.Values, name string) (at seconds, given bool, err error) {
	text := form.Get(name)
	if text == "" {
		return 0, false, nil
	}
	if number, err := strconv.ParseFloat(text, 64); err == nil {
		if math.IsNaN(number) || math.IsInf(number, 0) || math.Abs(number) > longest {
			return 0, false, invalid(name, text, "timestamp")
		}
		// Milliseconds, as series have them.
		return seconds(math.Round(number*1000) / 1000), true, nil
	}
	moment, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return 0, false, invalid(name, text, "timestamp")
	}
	return seconds(float64(moment.UnixMilli()) / 1000), true, nil
}

// readDuration reads a parameter that is a duration above zero, if it is there.
func readDuration(form url.Values, name string) (length seconds, given bool, err error) {
	text := form.Get(name)
	if text == "" {
		return 0, false, nil
	}
	number, failed := strconv.ParseFloat(text, 64)
	if failed != nil {
		d, err := model.ParseDuration(text)
		if err != nil {
			return 0, false, invalid(name, text, "duration")
		}
		number = time.Duration(d).Seconds()
	}
	if math.IsNaN(number) || number < 0.001 || number > longest {
		return 0, false, badData(reasonParameter, fmt.Sprintf("parameter %q must be a duration of a millisecond or more", name))
	}
	return seconds(number), true, nil
}

// check reads every parameter that Thanos parses further, and writes it in one form.
func check(form url.Values) error {
	for _, name := range []string{"start", "end", "time"} {
		if at, given, err := readTime(form, name); err != nil {
			return err
		} else if given {
			form.Set(name, at.text())
		}
	}
	for _, name := range []string{"step", "timeout", "lookback_delta"} {
		if length, given, err := readDuration(form, name); err != nil {
			return err
		} else if given {
			form.Set(name, length.text())
		}
	}
	if resolution := form.Get("max_source_resolution"); resolution != "" && resolution != "auto" && resolution != "0" && resolution != "0s" {
		length, _, err := readDuration(form, "max_source_resolution")
		if err != nil {
			return err
		}
		form.Set("max_source_resolution", length.text())
	}
	for _, name := range []string{"dedup", "partial_response", "exclude_alerts"} {
		if text := form.Get(name); text != "" {
			value, err := strconv.ParseBool(text)
			if err != nil {
				return invalid(name, text, "boolean")
			}
			form.Set(name, strconv.FormatBool(value))
		}
	}
	if text := form.Get("limit"); text != "" {
		limit, err := strconv.ParseInt(text, 10, 32)
		if err != nil || limit < 0 {
			return invalid("limit", text, "limit")
		}
		form.Set("limit", strconv.FormatInt(limit, 10))
	}
	if text := form.Get("stats"); text != "" && !slices.Contains([]string{"all", "true", "1"}, text) {
		form.Set("stats", "all")
	}
	return nil
}
