/** Addresses of the reference, and of compile.md §3: what both balancers accept and mean otherwise is refused with the reason. */
import { strict as assert } from "node:assert";
import { isIpv6, networkProblem, readAddress } from "../../../language/src/model/address.ts";
import { accepted, refused } from "../../helpers/marked-source.ts";

const good: readonly (readonly [string, string])[] = [
  ["10.0.0.1:80", "ipv4"], ["0.0.0.0:1", "ipv4"], ["255.255.255.255:65535", "ipv4"], ["[2001:db8::1]:80", "ipv6"], ["[::]:443", "ipv6"], ["[::1]:80", "ipv6"], ["[::ffff:10.0.0.1]:80", "ipv6"], ["[1:2:3:4:5:6:7:8]:80", "ipv6"],
  ["api.internal:443", "host"], ["localhost:1", "host"], ["server:80", "host"], ["weight:80", "host"], ["a-b.c-d.example:8080", "host"], ["3com.example:80", "host"], ["10.0.0.1.example:80", "host"], ["1-web.internal:80", "host"], ["5m-api:80", "host"], ["0x7f.example:80", "host"],
  ["unix:/run/app.sock", "unix"], ["unix:/var/run/a-b_c.1/s", "unix"],
];

const bad: readonly (readonly [string, string, RegExp])[] = [
  ["10.0.0.1", "LBP3005", /port/], ["010.0.0.1:80", "LBP3005", /leading zero/], ["127.1:80", "LBP3005", /four parts/], ["1.2.3:80", "LBP3005", /four parts/], ["10.0.0.256:80", "LBP3005", /256 is greater than 255/],
  ["1.2.3.4.5:80", "LBP3005", /four parts/], ["10.0.0.1:0", "LBP3005", /1 to 65535/], ["10.0.0.1:65536", "LBP3005", /1 to 65535/], ["10.0.0.1:080", "LBP3005", /leading zero/], ["999.999.0.1:99999", "LBP3005", /./],
  ["2001:db8::1:80", "LBP3005", /brackets/], ["[2001:db8::1]", "LBP3005", /port is missing/], ["[fe80::1%eth0]:80", "LBP3005", /zone/], ["[::1]:0", "LBP3005", /1 to 65535/], ["[10.0.0.1]:80", "LBP3005", /no IPv6/], ["[1::2::3]:80", "LBP3005", /no IPv6/],
  ["[1:2:3:4:5:6:7]:80", "LBP3005", /no IPv6/], ["[12345::1]:80", "LBP3005", /no IPv6/],
  ["api.internal", "LBP3005", /port is missing/], ["api.internal:http", "LBP3005", /digits/], ["api..internal:80", "LBP1001", /address/], ["my_host:80", "LBP3005", /my_host/], ["api-.example:80", "LBP3005", /api-/],
  [`${"a".repeat(64)}.example:80`, "LBP3005", /63/], [`${"abcdefghi.".repeat(26)}example:80`, "LBP3005", /253/], ["unix:run/app.sock", "LBP3005", /absolute path/], ["api.internal:80/x", "LBP1003", /\//], ["api.internal:0", "LBP3005", /1 to 65535/], ["api.internal:70000", "LBP3005", /1 to 65535/],
  ["0x7f000001:80", "LBP3005", /hexadecimal/], ["0x7f.0.0.1:80", "LBP3005", /hexadecimal/], ["0X7F.1:80", "LBP3005", /hexadecimal/],
  ["api.internal:080", "LBP3005", /leading zero/],
];

describe("addresses", () => {
  for (const [text, kind] of good) {
    it(`${text} is one, of kind ${kind}`, () => {
      assert.equal(accepted(`backend b { server ${text} }`).policy.backends[0]?.servers[0]?.address.kind, kind);
      assert.equal(accepted(`backend b {\n  server x ${text} weight 2\n}`).policy.backends[0]?.servers[0]?.weight, 2);
    });
  }

  for (const [text, code, words] of bad) {
    it(`${text.slice(0, 40)} is refused with the reason`, () => {
      const marked = text === "api..internal:80" ? "backend b { server api⟦..⟧internal:80 }" : text.endsWith("/x") ? "backend b { server api.internal:80⟦/⟧x }" : `backend b { server ⟦${text}⟧ }`;
      refused(marked, code, words);
    });
  }

  it("IPv6 text forms", () => {
    for (const text of ["::", "::1", "1::", "1:2:3:4:5:6:7:8", "1::8", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:1.2.3.4", "::1.2.3.4", "ABCD:ef01::"]) assert.ok(isIpv6(text), text);
    for (const text of ["", ":", ":::", "1", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "g::", "1::2::3", "1.2.3.4", "::1.2.3", "::01.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", ":1:2:3:4:5:6:7"]) assert.ok(!isIpv6(text), text);
  });

  it("networks are strict: no host bits, no missing parts", () => {
    for (const text of ["10.0.0.0/8", "0.0.0.0/0", "192.168.1.1/32", "192.168.1.1", "2001:db8::/32", "::/0", "::1", "::1/128", "fe80::/10"]) assert.equal(networkProblem(text), undefined, text);
    const reasons: readonly (readonly [string, RegExp])[] = [
      ["10.0.0.1/8", /write 10\.0\.0\.0\/8/], ["10.0.0.0/33", /0 to 32/], ["10.0.0/8", /four parts/], ["010.0.0.0/8", /leading zero/], ["10.0.0.0/", /0 to 32/], ["10.0.0.0/08", /leading zero|0 to 32/], ["2001:db8::1/32", /2001:db8::\/32|bits behind/],
      ["2001:db8::/129", /0 to 128/], ["x", /./], ["", /./], ["10.0.0.0/8/8", /ADDRESS\/BITS/], ["10.0.0.0/-1", /0 to 32/], ["10.0.0.0/8 ", /./],
    ];
    for (const [text, words] of reasons) assert.match(networkProblem(text) ?? "", words, text);
  });

  it("a port alone is nothing but 1 to 65535", () => {
    assert.deepEqual(readAddress("a:65535"), { address: { kind: "host", host: "a", port: 65_535 } });
    for (const text of ["a:", "a:0", "a:65536", "a:00080", "a:+1", "a:-1", "a:1e3", "a: 80"]) assert.ok("reason" in readAddress(text), text);
  });
});
