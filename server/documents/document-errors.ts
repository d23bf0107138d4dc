/** A document that can't be turned into what was asked for. The message names no patient and may be shown to the client. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
  readonly code = 'BROKEN_DOCUMENT';
}
