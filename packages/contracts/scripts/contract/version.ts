/** A released version: `MAJOR.MINOR.PATCH` of Semantic Versioning 2.0.0, with no pre-release. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** @returns undefined where `text` is no released version */
export function parseVersion(text: string): Version | undefined {
  const match = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.exec(text);
  if (match === null) {
    return undefined;
  }
  const [major = 0, minor = 0, patch = 0] = match.slice(1).map(Number);
  return { major, minor, patch };
}

export function formatVersion(version: Version): string {
  return `${version.major}.${version.minor}.${version.patch}`;
}

/** Negative where `a` is lower than `b`, positive where it's higher. */
export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

/** The lowest version after `last` that may break its users: the next major one, below 1.0 the next minor. */
export function nextBreaking(last: Version): Version {
  return last.major === 0
    ? { major: 0, minor: last.minor + 1, patch: 0 }
    : { major: last.major + 1, minor: 0, patch: 0 };
}
