/**
 * INVALID_PARAMETER: a query parameter of PS3.18 8.3.5.1 that can't be taken (4xx).
 * NOT_RENDERABLE: the instance lacks what its photometric interpretation needs, or contradicts itself (4xx).
 * TOO_LARGE: the result would exceed a limit (4xx).
 * UNAVAILABLE: this server lacks something, such as a font (5xx).
 */
export type RenderErrorCode = 'INVALID_PARAMETER' | 'NOT_RENDERABLE' | 'TOO_LARGE' | 'UNAVAILABLE';

/** An image that can't be rendered. The message names no patient and may be shown to the client. */
export class RenderError extends Error {
  override readonly name = 'RenderError';
  readonly code: RenderErrorCode;

  constructor(code: RenderErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
