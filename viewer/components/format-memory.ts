/** Bytes for reading, as a computer's memory is counted (1 GB is 1024 MB): `640 MB`, `1.5 GB`. */
export function formatMemory(bytes: number, language: string): string {
  const mebibytes = bytes / 1024 ** 2;
  const isLarge = mebibytes >= 1000;
  const value = isLarge ? mebibytes / 1024 : mebibytes;
  const digits = isLarge ? 1 : 0;
  return `${value.toLocaleString(language, { maximumFractionDigits: digits })} ${isLarge ? 'GB' : 'MB'}`;
}
