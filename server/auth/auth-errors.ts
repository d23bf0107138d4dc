/** Faults of who may do what. `code` is stable; the message may be shown to whoever asked. */
export class AuthError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = new.target.name;
    this.code = code;
  }
}

export class NotSignedInError extends AuthError {
  constructor(message = 'Sign in, or send an API key as a bearer token.') {
    super('NOT_SIGNED_IN', message);
  }
}

export class ForbiddenError extends AuthError {
  constructor(message: string) {
    super('FORBIDDEN', message);
  }
}

/** One message for a wrong name and a wrong password: which it was is nobody's business. */
export class WrongCredentialsError extends AuthError {
  constructor() {
    super('WRONG_CREDENTIALS', 'The user name or the password is wrong.');
  }
}

export class TooManyTriesError extends AuthError {
  constructor() {
    super('TOO_MANY_TRIES', 'Too many failed sign-ins; wait a quarter of an hour.');
  }
}

export class AccountError extends AuthError {
  constructor(code: 'INVALID_REQUEST' | 'CONFLICT' | 'NOT_FOUND', message: string) {
    super(code, message);
  }
}
