// Makes a code of vote where it will be kept, so that the site learns only its public half.
//
// Specification of Belenios 2.0, section 4.8: the same as sealed/credentials.py.
(() => {
  "use strict";

  const { characters, publicOf, readCredential } = globalThis.freecoSealing;

  // Drawn again until it falls within, so that every character is as likely as another.
  function drawCharacter() {
    for (;;) {
      const [drawn] = crypto.getRandomValues(new Uint8Array(1));
      if (drawn < 232) return characters[drawn % 58];
    }
  }

  // A code as it is handed to the voter: fourteen characters drawn, and one that checks them.
  function draw() {
    const drawn = Array.from({ length: 14 }, drawCharacter);
    const value = drawn.reduce((sum, each) => sum * 58n + BigInt(characters.indexOf(each)), 0n);
    return [...drawn, characters[53 - Number(value % 53n)]].join("").match(/.{3}/g).join("-");
  }

  globalThis.freecoCodes = { draw, read: readCredential, publicOf };
})();
