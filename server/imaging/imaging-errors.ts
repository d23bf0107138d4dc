/** The stable codes of what can go wrong with pixels. */
export type ImagingErrorCode =
  /** The instance holds no pixel data, or not enough attributes to know how it is laid down. */
  | 'NO_PIXELS'
  /** The pixels are described in a way that is impossible, too large, or in a transfer syntax that nothing here can do. */
  | 'UNSUPPORTED_PIXELS'
  /** The bytes of this frame are wrong, cut off, or of another image than the data set describes. */
  | 'BROKEN_FRAME'
  /** More frames wait for a worker than are allowed to. */
  | 'IMAGING_BUSY';

/** A fault of one frame or image; the message names what is missing or wrong and may be shown to whoever asked. */
export class ImagingError extends Error {
  readonly code: ImagingErrorCode;

  constructor(code: ImagingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ImagingError';
    this.code = code;
  }
}

export function unsupported(message: string): ImagingError {
  return new ImagingError('UNSUPPORTED_PIXELS', message);
}

export function broken(message: string): ImagingError {
  return new ImagingError('BROKEN_FRAME', message);
}
