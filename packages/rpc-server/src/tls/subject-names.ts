import type { X509Certificate } from "node:crypto";

/** Whom a certificate is for: its subject's common name, and its subjectAltName (RFC 5280 §4.2.1.6). */
export interface SubjectNames {
  /** Undefined where there is none, or more than one. */
  readonly commonName: string | undefined;
  readonly dnsNames: readonly string[];
  /** Such as `spiffe://example.org/greeter`. */
  readonly uris: readonly string[];
  readonly emails: readonly string[];
  /** IP addresses. */
  readonly addresses: readonly string[];
}

/** The names in a certificate. */
export function subjectNames(certificate: X509Certificate): SubjectNames {
  const names = alternativeNames(certificate.subjectAltName ?? "");
  const of = (kind: string): string[] =>
    names.filter((name) => name.kind === kind).map((name) => name.value);
  return {
    commonName: commonName(certificate.subject ?? ""),
    dnsNames: of("DNS"),
    uris: of("URI"),
    emails: of("email"),
    addresses: of("IP Address"),
  };
}

interface AlternativeName {
  readonly kind: string;
  readonly value: string;
}

/** One name of Node's list: `DNS:a.example`, or with its value as a JSON string where it could mislead. */
const entry = /(?<kind>[A-Za-z ]+):(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<plain>[^",]*))(?:, |$)/y;

/**
 * Reads Node's text of a subjectAltName. It quotes a value that holds a comma
 * or a quote, so that no name can be forged inside another; what can't be read
 * to its end has no names at all.
 */
function alternativeNames(text: string): AlternativeName[] {
  const names: AlternativeName[] = [];
  entry.lastIndex = 0;
  while (entry.lastIndex < text.length) {
    const groups = entry.exec(text)?.groups;
    if (groups === undefined) return [];
    const { kind = "", quoted, plain = "" } = groups;
    names.push({ kind, value: quoted === undefined ? plain : unquote(quoted) });
  }
  return names;
}

function unquote(quoted: string): string {
  return JSON.parse(`"${quoted}"`) as string;
}

/** Node has a line for each attribute, and escapes line feeds in values. */
function commonName(subject: string): string | undefined {
  const names = subject.split("\n").filter((line) => line.startsWith("CN="));
  return names.length === 1 ? names[0]?.slice("CN=".length) : undefined;
}
