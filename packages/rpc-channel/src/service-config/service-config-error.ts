/** A service config that can't be used. The message says where, what is there, and what would be right. */
export class ServiceConfigError extends TypeError {
  override readonly name = "ServiceConfigError";
  /** Where in the JSON: `$.methodConfig[0].timeout`. */
  readonly path: string;

  constructor(path: string, message: string) {
    super(`${path}: ${message}`);
    this.path = path;
  }
}
