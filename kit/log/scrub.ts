/** What could be a secret or a person, wherever it stands in a text. */
const telling: readonly (readonly [RegExp, string])[] = [
  // Addresses of mail; also user and password in the address of a server.
  [/[^\s<>"'`(),;:[\]{}=]+@[^\s<>"'`(),;:[\]{}=]+/g, '…@…'],
  // Signed tokens, keys of ours, and whatever follows a scheme of HTTP authentication.
  [/\beyJ[\w-]*\.[\w-]+(?:\.[\w-]*)?/g, '…'],
  [/\bgh[a-z]_[\w-]+/g, '…'],
  [/\b(Bearer|Basic|DPoP)\s+[\w.~+/=-]+/gi, '$1 …'],
  // What is asked of an address can be a token: links in mails are made so.
  [/(\bhttps?:\/\/[^\s?#"'<>]+)[?#][^\s"'<>]+/gi, '$1?…'],
]

/** A text without what looks like a secret or like somebody's address. A net below the rule that inputs are not logged. */
export function scrub(text: string): string {
  let clean = text
  for (const [pattern, instead] of telling) clean = clean.replace(pattern, instead)
  return clean
}
