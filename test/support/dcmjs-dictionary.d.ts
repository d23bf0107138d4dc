declare module 'dcmjs/dictionary' {
  /** By `(0010,0010)`; ranges and private attributes have keys of other forms. */
  export const dictionary: Record<
    string,
    { tag: string; vr: string; name: string; vm: string; version: string } | undefined
  >;
}
