import { describe, expect, it } from 'vitest';
import { createNoiseField, createRandom, gaussianTable } from '../../../../server/demo/random.ts';
import { deriveUid } from '../../../../server/demo/unique-identifiers.ts';

describe('the random numbers', () => {
  it('are the same for a seed, others for another, and even over 0 to 1', () => {
    const draw = (seed: number): number[] => {
      const random = createRandom(seed);
      return Array.from({ length: 4000 }, random);
    };
    const values = draw(7);
    expect(draw(7)).toEqual(values);
    expect(draw(8)).not.toEqual(values);
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(0.5, 1);
  });

  it('have mean 0 and deviation 1 in the gaussian table', () => {
    const table = gaussianTable(3, 20_000);
    const mean = table.reduce((sum, value) => sum + value, 0) / table.length;
    const variance = table.reduce((sum, value) => sum + (value - mean) ** 2, 0) / table.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
  });

  it('make a field without jumps, at cell borders and below zero too', () => {
    const field = createNoiseField(5, 10);
    for (let x = -100; x < 100; x += 0.5) {
      expect(Math.abs(field(x, 3, -7) - field(x + 0.01, 3, -7))).toBeLessThan(0.01);
    }
  });
});

describe('derived UIDs', () => {
  it('are UUIDs of version 8 under 2.25, by the names alone', () => {
    const uid = deriveUid('a', 1);
    expect(deriveUid('a', 1)).toBe(uid);
    expect(deriveUid('a', 2)).not.toBe(uid);
    expect(deriveUid('a1')).not.toBe(deriveUid('a', '1'));
    const hex = BigInt(uid.slice('2.25.'.length)).toString(16).padStart(32, '0');
    expect(hex[12]).toBe('8');
    expect(hex[16]).toMatch(/[89ab]/);
  });
});
