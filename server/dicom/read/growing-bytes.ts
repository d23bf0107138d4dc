/** Bytes that are kept while they stream by. What is held grows with what arrives, never with a declared length. */
export class GrowingBytes {
  private store = new Uint8Array(256);
  private length = 0;

  append(bytes: Uint8Array): void {
    const needed = this.length + bytes.length;
    if (needed > this.store.length) {
      const larger = new Uint8Array(needed * 2);
      larger.set(this.store.subarray(0, this.length));
      this.store = larger;
    }
    this.store.set(bytes, this.length);
    this.length = needed;
  }

  get bytes(): Uint8Array {
    return this.store.subarray(0, this.length);
  }
}
