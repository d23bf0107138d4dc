import { type StackViewport, utilities } from '@cornerstonejs/core';
import type { SampledCurve } from './pixels/grey-curve.ts';

/** What vtk's transfer function and what holds it can do, as far as it is used here; Cornerstone's types leave it out. */
interface TransferFunction {
  buildFunctionFromTable(lower: number, upper: number, size: number, table: Float32Array): void;
}
interface ImageActor {
  getProperty(): {
    getRGBTransferFunction(component: number): unknown;
    setRGBTransferFunction(component: number, value: unknown): void;
    setUseLookupTableScalarRange(value: boolean): void;
  };
  getMapper(): { setColorTextureWidth(width: number): void };
}

/** Has a viewport turn values into greys by a curve. Cornerstone's own windows know neither tables nor exact sigmoids. */
export class TransferFunctionSetter {
  readonly #viewport: StackViewport;
  #set: unknown;
  #key = '';

  constructor(viewport: StackViewport) {
    this.#viewport = viewport;
  }

  /** `key` names the curve: what is set already is not set again, while the stack has the same actor. */
  apply(key: string, sample: () => SampledCurve): void {
    const actor = this.#viewport.getDefaultActor()?.actor as unknown as ImageActor | undefined;
    if (!actor) return;
    const property = actor.getProperty();
    if (key === this.#key && property.getRGBTransferFunction(0) === this.#set) return;
    const { lower, upper, greys } = sample();
    const table = new Float32Array(greys.length * 3);
    for (let index = 0; index < greys.length; index++)
      table.fill(greys[index] ?? 0, index * 3, index * 3 + 3);
    const made = utilities.createLinearRGBTransferFunction({ lower, upper });
    (made as unknown as TransferFunction).buildFunctionFromTable(lower, upper, greys.length, table);
    // One texel a sample: the renderer then finds each whole value's own.
    actor.getMapper().setColorTextureWidth(Math.max(2, greys.length));
    property.setRGBTransferFunction(0, made);
    property.setUseLookupTableScalarRange(true);
    this.#set = made;
    this.#key = key;
  }
}
