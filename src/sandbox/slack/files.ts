// Files on their way in: an upload URL, the bytes, and the file once it is completed.

export interface SlackFile {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly altText: string | null;
  readonly bytes: Buffer | null;
  readonly channels: readonly string[];
  readonly completed: boolean;
}

export class Files {
  readonly #files = new Map<string, SlackFile>();

  expect(name: string, altText: string | null): SlackFile {
    const id = `F0${this.#files.size + 1}`;
    const file: SlackFile = { id, name, title: name, altText, bytes: null, channels: [], completed: false };
    this.#files.set(id, file);
    return file;
  }

  find(id: string): SlackFile | null {
    return this.#files.get(id) ?? null;
  }

  list(): SlackFile[] {
    return [...this.#files.values()];
  }

  receive(file: SlackFile, bytes: Buffer): void {
    this.#files.set(file.id, { ...file, bytes });
  }

  complete(file: SlackFile, title: string, channels: readonly string[]): SlackFile {
    const completed = { ...file, title, channels, completed: true };
    this.#files.set(file.id, completed);
    return completed;
  }
}
