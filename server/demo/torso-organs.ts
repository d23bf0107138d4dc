import { createNoiseField, hash32, type NoiseField } from './random.ts';
import { bothSides, capsule, ellipsoid, nothing, type Shape, type Tissue, tube } from './shapes.ts';

/**
 * Organs of the chest and abdomen, as computed tomography in the portal venous phase sees them: values in Hounsfield
 * units. Where shapes overlap, earlier ones count.
 */

const bloodVenous = 140;
const bloodArterial = 165;

/** Airways, great vessels, heart. They lie in the mediastinum and push the lungs aside. */
export function chestOrgans(): Shape[] {
  const airway: Tissue = (_x, _y, _z, depth) => (depth > 0.22 ? -990 : 40);
  return [
    ...tube(
      [
        [0, 8, 260],
        [1, 12, 98],
      ],
      9.5,
      airway,
    ),
    ...tube(
      [
        [1, 12, 98],
        [-24, 16, 74],
        [-44, 18, 64],
      ],
      7.5,
      airway,
    ),
    ...tube(
      [
        [1, 12, 98],
        [26, 18, 72],
        [46, 22, 58],
      ],
      7,
      airway,
    ),
    // Aorta: root, arch, descending down to the belly. Superior vena cava, brachiocephalic vessels.
    ...tube(
      [
        [0, -14, 60],
        [-14, -22, 84],
        [-11, -18, 104],
        [4, 0, 117],
        [20, 26, 112],
        [25, 40, 94],
      ],
      14,
      bloodArterial,
    ),
    ...tube(
      [
        [25, 40, 94],
        [24, 40, 0],
        [10, 30, -40],
        [8, 26, -200],
      ],
      11,
      bloodArterial,
    ),
    ...tube(
      [
        [-22, -14, 40],
        [-24, -18, 125],
        [-28, -20, 165],
      ],
      9,
      bloodVenous,
    ),
    ...tube(
      [
        [12, 4, 118],
        [20, 2, 150],
        [28, 0, 200],
      ],
      5,
      bloodArterial,
    ),
    ...tube(
      [
        [-4, -10, 112],
        [-16, -4, 150],
        [-26, 0, 200],
      ],
      6,
      bloodArterial,
    ),
    // Pulmonary trunk and its two branches.
    ...tube(
      [
        [14, -42, 58],
        [18, -26, 80],
        [30, 0, 84],
        [48, 14, 76],
      ],
      12,
      bloodVenous,
    ),
    ...tube(
      [
        [14, -14, 80],
        [-20, -2, 76],
        [-46, 6, 70],
      ],
      10,
      bloodVenous,
    ),
    // Oesophagus.
    ...tube(
      [
        [4, 26, 200],
        [4, 30, 90],
        [12, 26, 10],
        [30, 5, -10],
      ],
      7,
      (_x, _y, _z, depth) => (depth > 0.7 ? -200 : 45),
    ),
    ...heart(),
  ];
}

function heart(): Shape[] {
  return [
    ellipsoid({ center: [42, -34, 28], radii: [30, 17, 30], turnDegrees: -40 }, bloodArterial),
    ellipsoid({ center: [10, -50, 28], radii: [30, 13, 27], turnDegrees: -25 }, bloodVenous),
    ellipsoid({ center: [10, 4, 56], radii: [27, 16, 20], turnDegrees: 0 }, bloodArterial - 5),
    ellipsoid({ center: [-25, -18, 40], radii: [17, 23, 28], turnDegrees: 10 }, bloodVenous),
    ellipsoid({ center: [17, -26, 36], radii: [66, 44, 47], turnDegrees: -30 }, 108),
    ellipsoid({ center: [17, -27, 35], radii: [71, 49, 51], turnDegrees: -30 }, -92),
  ];
}

/** A small nodule in the upper lobe of the right lung. */
export const lungNodule: Shape = ellipsoid({ center: [-82, 12, 116], radii: [7, 7, 7.5] }, 35);

/** Organs below the diaphragm. */
export function abdominalOrgans(seed: number): Shape[] {
  const texture = createNoiseField(seed + 3, 5);
  const liver: Tissue = (x, y, z) => 112 + 5 * texture(x, y, z);
  return [
    ...tube(
      [
        [-24, 6, 60],
        [-24, 12, -10],
        [-22, 24, -70],
        [-20, 28, -200],
      ],
      12,
      bloodVenous,
    ),
    // Portal vein, hepatic veins, a cyst: inside the liver, so before it.
    ...tube(
      [
        [6, 2, -92],
        [-34, -2, -58],
        [-66, -8, -42],
        [-104, 4, -34],
      ],
      6.5,
      165,
    ),
    ...tube(
      [
        [-66, -8, -42],
        [-92, -34, -28],
      ],
      4.5,
      165,
    ),
    ...tube(
      [
        [-24, 14, -6],
        [-62, 22, -20],
        [-100, 34, -34],
      ],
      5,
      160,
    ),
    ...tube(
      [
        [-24, 14, -6],
        [-46, -28, -16],
        [-60, -52, -30],
      ],
      4.5,
      160,
    ),
    ellipsoid({ center: [-98, -28, -58], radii: [12, 11, 11] }, 8),
    ellipsoid({ center: [-48, -52, -88], radii: [15, 19, 24] }, 6),
    ellipsoid({ center: [-70, -4, -45], radii: [70, 82, 78] }, liver),
    ellipsoid({ center: [-2, -50, -22], radii: [74, 30, 44], turnDegrees: 8 }, liver),
    ellipsoid(
      { center: [100, 34, -38], radii: [27, 46, 48], turnDegrees: 20 },
      (x, y, z) => 122 + 4 * texture(x, y, z),
    ),
    ellipsoid({ center: [52, -26, -34], radii: [46, 42, 46] }, stomach),
    ...bothSides((side) =>
      ellipsoid(
        { center: [side * 64, 50, -108 - side * -8], radii: [27, 30, 54], turnDegrees: side * 30 },
        kidney,
      ),
    ),
    ...tube(
      [
        [-30, -10, -104],
        [-4, -20, -92],
        [34, -4, -78],
        [70, 18, -64],
      ],
      10.5,
      (x, y, z) => 95 + 12 * texture(x, y, z),
    ),
    ...tube(
      [
        [-34, -12, -70],
        [-40, -6, -110],
        [-20, 6, -132],
        [14, 4, -128],
      ],
      13,
      bowel(createNoiseField(seed + 5, 12)),
    ),
    ...colon(seed),
    smallBowel(seed),
    ...psoas(),
  ];
}

const stomach: Tissue = (_x, y, _z, depth) => {
  if (depth < 0.1) return 75;
  // The patient lies on the back: gas above, fluid below.
  return y < -42 ? -960 : 18;
};

const kidney: Tissue = (x, y, z, depth) => {
  const towardsSpine = Math.abs(x) < 58 && depth > 0.25;
  if (towardsSpine && Math.abs(z + 108) < 22) return -70;
  const pyramids = Math.sin(z * 0.42) * Math.cos((x + y) * 0.18);
  return depth < 0.28 || pyramids > 0.45 ? 185 : 140;
};

function bowel(content: NoiseField): Tissue {
  return (x, y, z, depth) => {
    if (depth < 0.2) return 85;
    return 22 + 14 * content(x, y, z);
  };
}

function colon(seed: number): Shape[] {
  const content = createNoiseField(seed + 7, 9);
  const haustra: Tissue = (x, y, z, depth) => {
    if (depth < 0.13) return 75;
    const filled = content(x, y, z);
    return filled > 0.1 ? 20 - 180 * Math.max(0, filled - 0.35) : y < -30 ? -900 : -250 + 200 * filled;
  };
  return [
    ...tube(
      [
        [-98, 6, -205],
        [-100, 2, -130],
        [-88, -36, -112],
      ],
      21,
      haustra,
    ),
    ...tube(
      [
        [-88, -36, -112],
        [-30, -66, -138],
        [40, -66, -128],
        [96, -20, -74],
      ],
      17,
      haustra,
    ),
    ...tube(
      [
        [96, -20, -74],
        [108, 18, -100],
        [106, 22, -205],
      ],
      15,
      haustra,
    ),
  ];
}

/** Loops in a loose lattice, each a little off its place. */
function smallBowel(seed: number): Shape {
  const pitch = 31;
  return (z) => {
    if (z > -108) return undefined;
    return {
      x0: -82,
      x1: 88,
      y0: -70,
      y1: 20,
      at(x, y) {
        // The loops lie in the middle, and higher in the middle than at the sides.
        if ((x / 84) ** 2 + ((y + 26) / 46) ** 2 > Math.min(1, (-108 - z) / 20)) return nothing;
        const bent = x + 9 * Math.sin(z * 0.07 + y * 0.05);
        const [i, j] = [
          Math.floor(bent / pitch),
          Math.floor((y + 7 * Math.sin(z * 0.09 + x * 0.02)) / pitch),
        ];
        const random = hash32(i, j, seed);
        const cx = (i + 0.5) * pitch + ((random & 7) - 3.5);
        const cy = (j + 0.5) * pitch + (((random >> 3) & 7) - 3.5) - 7 * Math.sin(z * 0.09 + x * 0.02);
        const r = 12.5 + ((random >> 6) & 3);
        const distance = Math.sqrt((bent - cx) ** 2 + (y - cy) ** 2);
        if (distance > r) return nothing;
        if (distance > r - 2.6) return 92;
        return ((random >> 9) & 15) === 0 && y < cy - 3 ? -850 : 18 + ((random >> 13) & 15);
      },
    };
  };
}

function psoas(): Shape[] {
  return bothSides((side) => capsule([side * 27, 46, -80], [side * 50, 40, -230], 19, 62));
}
