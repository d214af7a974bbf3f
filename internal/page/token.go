package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// sumSize is how many bytes of a token are its checksum.
const sumSize = 8

// Tokens makes and reads the tokens of a request that is answered bit by bit: each says
// where to go on, and is good for the same request alone. It is for one goroutine.
type Tokens struct{ request []byte }

// TokensOf are the tokens of a request. It is told apart from others by all that is in it
// but for some fields, those that say where in the answer it is.
func TokensOf(req proto.Message, but ...protoreflect.Name) (*Tokens, error) {
	filter := proto.Clone(req).ProtoReflect()
	for _, name := range but {
		if field := filter.Descriptor().Fields().ByName(name); field != nil {
			filter.Clear(field)
		}
	}
	content, err := proto.MarshalOptions{Deterministic: true}.Marshal(filter.Interface())
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q %q ", filter.Descriptor().FullName(), content)
	return &Tokens{h.Sum(nil)}, nil
}

// Encode makes the token of a key: a string, or a struct of exported fields that JSON
// carries exactly.
func (t *Tokens) Encode(key any) (string, error) {
	var content bytes.Buffer
	encoder := json.NewEncoder(&content)
	// Escapes would make tokens longer for nothing.
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(key); err != nil {
		return "", err
	}
	text := bytes.TrimSpace(content.Bytes())
	return base64.RawURLEncoding.EncodeToString(append(t.checksum(text), text...)), nil
}

// Decode reads a token into key, a pointer to what Encode was given. It returns false for
// one that was not made for the request.
func (t *Tokens) Decode(token string, key any) bool {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) < sumSize || !bytes.Equal(t.checksum(raw[sumSize:]), raw[:sumSize]) {
		return false
	}
	decoder := json.NewDecoder(bytes.NewReader(raw[sumSize:]))
	// A token of an older version of the program, with another key.
	decoder.DisallowUnknownFields()
	return decoder.Decode(key) == nil
}

func (t *Tokens) checksum(key []byte) []byte {
	h := sha256.New()
	h.Write(t.request)
	h.Write(key)
	return h.Sum(nil)[:sumSize]
}
