/** Writes unsigned integers up to 2^53, seven bits a byte, the least significant first; the high bit: more follow. */
export class VarintWriter {
  private store = new Uint8Array(64);
  private length = 0;

  write(value: number): void {
    if (this.length + 8 > this.store.length) {
      const larger = new Uint8Array(this.store.length * 2);
      larger.set(this.store);
      this.store = larger;
    }
    let rest = value;
    while (rest >= 0x80) {
      this.store[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.store[this.length++] = rest;
  }

  get lengthBytes(): number {
    return this.length;
  }

  get bytes(): Uint8Array {
    return this.store.slice(0, this.length);
  }
}

/** Reads what `VarintWriter` wrote. Throws `TypeError` where the bytes end early or a number is too large. */
export class VarintReader {
  private readonly input: Uint8Array;
  private position = 0;

  constructor(input: Uint8Array) {
    this.input = input;
  }

  /** Bytes read so far. */
  get positionBytes(): number {
    return this.position;
  }

  read(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.input[this.position++];
      if (byte === undefined) throw new TypeError('the bytes end inside a number');
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw new TypeError('too large a number');
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  }

  /** A number of things that take a byte each at least, so that it can't be larger than what is left. */
  readCount(): number {
    const count = this.read();
    if (count > this.input.length - this.position + 1) throw new TypeError('the bytes end early');
    return count;
  }
}
