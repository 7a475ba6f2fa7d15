/** A certificate and key for a trial run: made on the spot, in memory, for nobody. X.509 in DER by hand, for Node makes keys but no certificates. */
import { generateKeyPairSync, sign } from "node:crypto";

/** Both as PEM. Self-signed for `localhost`, ECDSA with P-256. */
export function scratchCertificate(): { readonly certificate: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = der(0x30, der(0x06, Buffer.from("2a8648ce3d040302", "hex")));
  const name = der(0x30, der(0x31, der(0x30, Buffer.concat([der(0x06, Buffer.from("550403", "hex")), der(0x0c, Buffer.from("localhost"))]))));
  const validity = der(0x30, Buffer.concat([der(0x17, Buffer.from("200101000000Z")), der(0x17, Buffer.from("491231235959Z"))]));
  const body = der(0x30, Buffer.concat([der(0x02, Buffer.from([1])), algorithm, name, validity, name, publicKey.export({ type: "spki", format: "der" })]));
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign("sha256", body, privateKey)]));
  const certificate = der(0x30, Buffer.concat([body, algorithm, signature]));
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${(certificate.toString("base64").match(/.{1,64}/gu) ?? []).join("\n")}\n-----END CERTIFICATE-----\n`,
    key: String(privateKey.export({ type: "pkcs8", format: "pem" })),
  };
}

/** Tag, length, content (X.690 §8.1). */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const head = length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}
