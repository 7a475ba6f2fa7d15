/** Texts in which nginx, HAProxy, a shell or YAML could see more than text: some thought up, the others drawn from their pieces. */
import fc from "fast-check";

export const thoughtUp: readonly string[] = [
  'x"; return 200 "pwned', 'x" always; } location /pwn { return 200 "', "127.0.0.1:80; } server { listen 1; return 200 pwned; } upstream v { server 127.0.0.1:81", "a; return 200 pwned; } server { listen 2;",
  "$http_cookie $host ${host} $lb_dollar ${lb_dollar}", "$ssl_client_raw_cert", "$1$$", "$", "$$", "${", "${}", "\\$host", "\\\\$host",
  "%[src] %[env(HOME)] %ci %% 100% 50% off", "%", "%%", "%[", "%]", "%{+Q}o %t", "$HOME ${HOME} \"${HOME}\"", "\"$HOME\"", "${HOME[*]}", "a'b'c''", "'\\''", "'", "''", "'\"'\"'", "\\", "\\\\", "\\\\n\\t\\$", "\\n http-request return", "\\x0a", '"', '""', '\\"',
  "#no comment", "a #b", "a b  c", "{ } [ ] ( ) ;", "{", "}", ";", "};", "if unless || or", "if { always_true }", "unless FALSE", "! { src 127.0.0.1 }", "~*^re$", "~x", "^~ /", "= /", "é ü 漢字 😀", "x,y;z=1", "@x !y", "@named", "--", "-i -f /etc/passwd", "-m reg", "`id` $(id)", "| cat", "&& id",
  "default", "hostnames", "volatile", "include", "include /etc/passwd", "lua-load /x", "<script>", "<<: *a", "!!int 1", "- a: b", "key: value", "null", "__proto__", "constructor", "on", "off", "0", "1e3", "str(x),env(HOME)", ")", "),upper", "req.hdr(x)", "a\u00a0b", "\u202eabc", "x\ufffdx",
];

const pieces = ["$", "%", "'", '"', "\\", "{", "}", ";", "#", " ", "a", "[", "]", "(", ")", "~", "é", "😀", "${", "%[", "lb_dollar", "$host", "${HOME}", "%[src]", ",", "!", "|", "-m", "--", "if", "=", "@", "&", "<", ">", "*", "?", ":", "/"];

/** `count` texts of two to fourteen pieces; no space at their ends, for those are not part of a field's value. Equal for equal seeds. */
export function drawnTexts(count: number, seed: number): readonly string[] {
  return fc.sample(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 12 }).map((parts) => `x${parts.join("")}x`), { numRuns: count, seed });
}

/** RFC 9110 §5.6.2: what a name of a header or a cookie may be made of, at its worst. */
export const hostileTokens: readonly string[] = ["a.b", "$host", "x$1", "%5Bsrc", "%ci", "a'b", "'", "a`id`", "a|b", "~x", "!x", "#x", "a#b", "a&b", "*", "+x", "^x", "--x", "-m", "if", "or", "unless", "default", "__Host-s", "_", "x_y", "X-Y", "a*b!c"];
