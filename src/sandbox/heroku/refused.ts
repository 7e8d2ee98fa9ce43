// What Heroku says no to, in its own words: an id, a message and a status.

export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  readonly id: string;
  /** What kind of thing was not found. */
  readonly resource: string | null;

  constructor(status: number, id: string, message: string, resource: string | null = null) {
    super(message);
    this.status = status;
    this.id = id;
    this.resource = resource;
  }

  /** The body of the answer; `url` is where Heroku's reference explains its errors. */
  toJSON(): Record<string, string> {
    return {
      ...(this.resource === null ? {} : { resource: this.resource }),
      id: this.id,
      message: this.message,
      url: 'https://devcenter.heroku.com/articles/platform-api-reference#errors',
    };
  }
}

export function notFound(resource: string, name?: string): Refused {
  const which = name === undefined ? '' : ` (${name})`;
  return new Refused(404, 'not_found', `Couldn't find that ${resource}${which}.`, resource);
}

export function invalid(message: string): Refused {
  return new Refused(422, 'invalid_params', message);
}
