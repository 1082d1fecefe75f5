import { nestedTypes } from "@bufbuild/protobuf/reflect";
import type { DescExtension, DescFile, DescService } from "@bufbuild/protobuf";

/** Which file declares what, in all files that a server's services need. */
export class SymbolIndex {
  /** Full names, in order. */
  readonly services: readonly string[];
  readonly #files: Map<string, DescFile> = new Map();
  readonly #symbols: Map<string, DescFile> = new Map();
  /** By the full name of the message that is extended; messages without any have none. */
  readonly #extensions: Map<string, Map<number, DescExtension>> = new Map();

  constructor(services: readonly DescService[], files: readonly DescFile[]) {
    this.services = services.map((service) => service.typeName).sort();
    for (const service of services) this.#add(service.file);
    for (const file of files) this.#add(file);
  }

  /** @param name such as `greeter/v1/greeter.proto` */
  file(name: string): DescFile | undefined {
    return this.#files.get(name);
  }

  /** @param name the full name of a service, method, message, field, oneof, enum, enum value or extension */
  fileOfSymbol(name: string): DescFile | undefined {
    return this.#symbols.get(name.startsWith(".") ? name.slice(1) : name);
  }

  fileOfExtension(type: string, number: number): DescFile | undefined {
    return this.#extensions.get(type)?.get(number)?.file;
  }

  /** In ascending order; undefined where the type isn't known. */
  extensionNumbers(type: string): number[] | undefined {
    const extensions = this.#extensions.get(type);
    return extensions && [...extensions.keys()].sort((a, b) => a - b);
  }

  #add(file: DescFile): void {
    const { name } = file.proto;
    if (this.#files.has(name)) return;
    this.#files.set(name, file);
    for (const imported of file.dependencies) this.#add(imported);
    for (const type of nestedTypes(file)) {
      for (const symbol of symbolsOf(type)) this.#symbols.set(symbol, file);
      if (type.kind === "message") this.#extensionsOf(type.typeName);
      if (type.kind === "extension") {
        this.#extensionsOf(type.extendee.typeName).set(type.number, type);
      }
    }
  }

  #extensionsOf(type: string): Map<number, DescExtension> {
    let extensions = this.#extensions.get(type);
    if (extensions === undefined) {
      extensions = new Map();
      this.#extensions.set(type, extensions);
    }
    return extensions;
  }
}

type Declared = ReturnType<typeof nestedTypes> extends Iterable<infer T> ? T : never;

function symbolsOf(type: Declared): string[] {
  const member = (name: string): string => `${type.typeName}.${name}`;
  switch (type.kind) {
    case "service":
      return [type.typeName, ...type.methods.map((method) => member(method.name))];
    case "message":
      return [
        type.typeName,
        ...type.fields.map((field) => member(field.name)),
        ...type.oneofs.map((oneof) => member(oneof.name)),
      ];
    case "enum":
      return [type.typeName, ...type.values.map((value) => siblingName(type.typeName, value.name))];
    case "extension":
    default:
      return [type.typeName];
  }
}

/** Values of an enum are declared beside it, not inside, as in C++. */
function siblingName(enumName: string, value: string): string {
  return enumName.slice(0, enumName.lastIndexOf(".") + 1) + value;
}
