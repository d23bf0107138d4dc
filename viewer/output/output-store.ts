import { create } from 'zustand';

/** What is taken of the screen: the active viewport, or all of them as they lie. */
export type PictureScope = 'viewport' | 'layout';

export interface PictureChoice {
  readonly scope: PictureScope;
  /** The texts over the images, and with them who the patient is. */
  readonly hasTexts: boolean;
  /** Measurements, lines, stars. */
  readonly hasDrawings: boolean;
}

/** What was done, or why it was not; keys of the texts `output`. */
export type OutputMessage =
  | 'imageCopied'
  | 'linkCopied'
  | 'copied'
  | 'copyRefused'
  | 'saved'
  | 'nothingShown';

interface Output {
  readonly userName: string;
  readonly choice: PictureChoice;
  readonly message: OutputMessage | undefined;
  /** What could not be copied, to be copied by hand. */
  readonly text: string | undefined;
}

/** What leaves the viewer. */
export const useOutput = create<Output>(() => ({
  userName: '',
  choice: { scope: 'viewport', hasTexts: true, hasDrawings: true },
  message: undefined,
  text: undefined,
}));

let clearing: ReturnType<typeof setTimeout> | undefined;

/** Says something for some seconds; what has to be copied by hand stays until it is closed. */
export function tell(message: OutputMessage | undefined, text?: string): void {
  clearTimeout(clearing);
  useOutput.setState({ message, text });
  if (message && text === undefined)
    clearing = setTimeout(() => useOutput.setState({ message: undefined }), 5000);
}
