/** The few calls of dcmjs that the demonstration makes; the package has no types of its own. */
declare module 'dcmjs' {
  interface TaggedElement {
    vr: string;
    Value: unknown[];
  }
  type TaggedDataSet = Record<string, TaggedElement>;

  interface WrittenDict {
    meta: TaggedDataSet;
    dict: TaggedDataSet;
    write(options?: { fragmentMultiframe?: boolean; allowInvalidVRLength?: boolean }): ArrayBuffer;
  }

  const dcmjs: {
    data: {
      DicomDict: new (meta: TaggedDataSet) => WrittenDict;
      DicomMessage: { readFile(bytes: ArrayBuffer): WrittenDict };
      DicomMetaDictionary: {
        denaturalizeDataset(dataSet: Record<string, unknown>): TaggedDataSet;
        naturalizeDataset(dataSet: TaggedDataSet): Record<string, unknown>;
      };
    };
    log: { setLevel(level: string): void };
  };
  // biome-ignore lint/style/noDefaultExport: so the package exports it
  export default dcmjs;
}
