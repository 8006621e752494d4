// Answers, line by line, whether golang.org/x/mod/sumdb believes what Freeco's record gives out.
//
// Each line is a job; all bytes are in Base64. The answer is {ok, why}. The packages note and tlog
// decide; what is written here is how a checkpoint's text becomes their Tree, and the verifier of
// a co-signature (c2sp.org/tlog-cosignature), which they do not have.
package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type job struct {
	Job       string
	Note      string      // a signed checkpoint
	Key       string      // the vkey of its log
	Witnesses []string    // the vkeys of those who must have co-signed it
	Older     string      // for "consistency": the checkpoint before
	Entry     []byte      // for "inclusion"
	Index     int64       // for "inclusion"
	Path      []tlog.Hash // the proof
	Folder    string      // for "tiles": where they are
	Indexes   []int64     // for "tiles": whose paths Go works out, and ours must be
	Paths     [][]tlog.Hash
}

const goOrigin = "go.sum database tree\n"

// open checks the signatures of a checkpoint, and gives its tree.
func open(encoded, key string, witnesses []string) (tree tlog.Tree, err error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return tree, err
	}
	known := []note.Verifier{verifier}
	for _, each := range witnesses {
		witness, err := newCosigner(each)
		if err != nil {
			return tree, err
		}
		known = append(known, witness)
	}
	opened, err := note.Open([]byte(encoded), note.VerifierList(known...))
	if err != nil {
		return tree, err
	}
	if len(opened.Sigs) != len(known) {
		return tree, fmt.Errorf("%d known signatures of %d", len(opened.Sigs), len(known))
	}
	// The database of Go's modules is the only log whose text tlog reads: its origin stands first.
	origin := verifier.Name() + "\n"
	if !strings.HasPrefix(opened.Text, origin) {
		return tree, errors.New("another origin")
	}
	return tlog.ParseTree([]byte(goOrigin + strings.TrimPrefix(opened.Text, origin)))
}

func judge(given *job) error {
	tree, err := open(given.Note, given.Key, given.Witnesses)
	if err != nil {
		return err
	}
	switch given.Job {
	case "checkpoint":
		return nil
	case "inclusion":
		leaf := tlog.RecordHash(given.Entry)
		return tlog.CheckRecord(given.Path, tree.N, tree.Hash, given.Index, leaf)
	case "consistency":
		older, err := open(given.Older, given.Key, nil)
		if err != nil {
			return err
		}
		return tlog.CheckTree(given.Path, tree.N, tree.Hash, older.N, older.Hash)
	case "tiles":
		return judgeTiles(given, tree)
	}
	return errors.New("no such job")
}

// judgeTiles reads a log's tiles as Go reads those of its own, and works out the same paths.
func judgeTiles(given *job, tree tlog.Tree) error {
	reader := tlog.TileHashReader(tree, folder(given.Folder))
	root, err := tlog.TreeHash(tree.N, reader)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return errors.New("another root")
	}
	for at, index := range given.Indexes {
		path, err := tlog.ProveRecord(tree.N, index, reader)
		if err != nil {
			return err
		}
		if fmt.Sprint(path) != fmt.Sprint(tlog.RecordProof(given.Paths[at])) {
			return fmt.Errorf("another path to %d", index)
		}
	}
	return nil
}

// folder is a log as static files; it gives tlog its tiles.
type folder string

func (f folder) Height() int { return 8 }

func (f folder) ReadTiles(tiles []tlog.Tile) (found [][]byte, err error) {
	for _, tile := range tiles {
		// c2sp.org/tlog-tiles leaves out the height, which is always 8.
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(string(f), path))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

// cosigner checks the signature of a witness: an Ed25519 one, over the text and a time.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newCosigner(vkey string) (*cosigner, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("malformed key of a witness")
	}
	material, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(material) != 33 || material[0] != 4 {
		return nil, errors.New("malformed key of a witness")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), material...))
	if fmt.Sprintf("%x", sum[:4]) != parts[1] {
		return nil, errors.New("the id of a witness's key is not its own")
	}
	return &cosigner{parts[0], binary.BigEndian.Uint32(sum[:4]), material[1:]}, nil
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }
func (c *cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	var signed bytes.Buffer
	fmt.Fprintf(&signed, "cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(signature))
	signed.Write(text)
	return ed25519.Verify(c.key, signed.Bytes(), signature[8:])
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	answers := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var given job
		err := json.Unmarshal(lines.Bytes(), &given)
		if err == nil {
			err = judge(&given)
		}
		why := ""
		if err != nil {
			why = err.Error()
		}
		answers.Encode(map[string]interface{}{"ok": err == nil, "why": why})
	}
}
