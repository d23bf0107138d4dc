import { describe, expect, it } from 'vitest';
import { createHead, headTissue } from '../../../../server/demo/head-phantom.ts';
import { createTorso } from '../../../../server/demo/torso-phantom.ts';

describe('the torso', () => {
  const torso = createTorso(1);
  const at = (x: number, y: number, z: number): number => torso.slice(z)(x, y);

  it('has the Hounsfield units of its tissues', () => {
    expect(at(-195, -195, 0)).toBe(-1000);
    expect(at(0, 8, 150)).toBe(-990);
    expect(at(24, 40, 60)).toBe(165);
    expect(at(-100, 0, -60)).toBeGreaterThan(100);
    expect(at(-100, 0, -60)).toBeLessThan(125);
    // Under the skin at the side: fat.
    expect(at(-160, 0, -100)).toBeGreaterThan(-130);
    expect(at(-160, 0, -100)).toBeLessThan(-80);
  });

  it('has lungs of air, mostly, at both sides', () => {
    for (const side of [-1, 1]) {
      let sum = 0;
      for (let i = 0; i < 100; i++) sum += at(side * (70 + (i % 10) * 3), -30 + Math.floor(i / 10) * 5, 105);
      expect(sum / 100).toBeGreaterThan(-900);
      expect(sum / 100).toBeLessThan(-600);
    }
  });

  it('has the liver at the right, the spleen at the left, and the stomach with gas in front', () => {
    expect(at(-90, 30, -30)).toBeGreaterThan(90);
    expect(at(103, 40, -38)).toBeGreaterThan(100);
    expect(at(82, -48, -40)).toBeLessThan(-900);
    expect(at(60, -20, -50)).toBe(18);
  });

  it('has the heart more at the left, and the spine behind it', () => {
    const hu = torso.slice(36);
    let left = 0;
    let right = 0;
    for (let x = 1; x < 110; x++) {
      if (hu(x, -30) > 90) left++;
      if (hu(-x, -30) > 90) right++;
    }
    expect(left).toBeGreaterThan(right + 15);
    expect(hu(0, 60)).toBeGreaterThan(100);
    expect(hu(0, 0)).toBeLessThan(250);
  });

  it('has hard bone somewhere around each level of the chest', () => {
    for (const z of [20, 60, 100, 140]) {
      const hu = torso.slice(z);
      let hard = 0;
      for (let x = -168; x < 168; x += 2) for (let y = -110; y < 110; y += 2) if (hu(x, y) > 600) hard++;
      expect(hard).toBeGreaterThan(20);
    }
  });
});

describe('the head', () => {
  const head = createHead(1);

  it('has ventricles of fluid, eyes in front and a lesion at the left only', () => {
    expect(head.slice(15)(10, -20)).toBe(headTissue.csf);
    expect(head.slice(-32)(31, -72)).toBe(headTissue.vitreous);
    expect(head.slice(-32)(-31, -72)).toBe(headTissue.vitreous);
    expect(head.slice(30)(30, 14)).toBe(headTissue.lesion);
    expect(head.slice(30)(-30, 14)).not.toBe(headTissue.lesion);
  });

  it('is wrapped in skull and scalp', () => {
    const along = Array.from({ length: 100 }, (_, x) => head.slice(20)(x, 0));
    for (const tissue of [headTissue.whiteMatter, headTissue.bone, headTissue.fat, headTissue.air]) {
      expect(along).toContain(tissue);
    }
    expect(along.indexOf(headTissue.bone)).toBeLessThan(along.indexOf(headTissue.fat));
  });
});
