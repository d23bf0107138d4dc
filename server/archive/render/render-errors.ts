import { DocumentError } from '../../documents/document-errors.ts';
import { ImagingError } from '../../imaging/imaging-errors.ts';
import { RenderError } from '../../imaging/render/render-errors.ts';

/**
 * Why something can't be shown. UNRENDERABLE: of this instance no picture or text can be made; INVALID_PARAMETER: the request asks
 * for what makes no sense; TOO_LARGE: for more than a limit allows; BUSY: for now.
 */
export type RenderFault = 'UNRENDERABLE' | 'INVALID_PARAMETER' | 'TOO_LARGE' | 'BUSY';

const FAULT_OF_CODE: Readonly<Record<string, RenderFault>> = {
  NO_PIXELS: 'UNRENDERABLE',
  UNSUPPORTED_PIXELS: 'UNRENDERABLE',
  BROKEN_FRAME: 'UNRENDERABLE',
  BROKEN_DOCUMENT: 'UNRENDERABLE',
  NOT_RENDERABLE: 'UNRENDERABLE',
  INVALID_PARAMETER: 'INVALID_PARAMETER',
  TOO_LARGE: 'TOO_LARGE',
  UNAVAILABLE: 'UNRENDERABLE',
  IMAGING_BUSY: 'BUSY',
};

/** What kind of fault `error` is, where rendering it came to one; undefined for errors of other rooms. */
export function renderFaultOf(error: unknown): RenderFault | undefined {
  // From a worker the codes of rendering come as those of imaging.
  if (error instanceof ImagingError || error instanceof RenderError || error instanceof DocumentError)
    return FAULT_OF_CODE[error.code];
  return undefined;
}
