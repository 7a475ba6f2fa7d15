/** Dense square matrices, row by row in one array; as much as the Markov chains need. */
export type Matrix = Float64Array;

export function zeros(size: number): Matrix {
  return new Float64Array(size * size);
}

export function identity(size: number): Matrix {
  const result = zeros(size);
  for (let i = 0; i < size; i++) result[i * size + i] = 1;
  return result;
}

export function sum(a: Matrix, b: Matrix): Matrix {
  return a.map((value, index) => value + (b[index] ?? 0));
}

/** The matrix times a number. */
export function product(a: Matrix, factor: number): Matrix {
  return a.map((value) => value * factor);
}

export function multiply(a: Matrix, b: Matrix, size: number): Matrix {
  const result = zeros(size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = a[i * size + k] ?? 0;
      if (factor === 0) continue;
      for (let j = 0; j < size; j++) result[i * size + j] = (result[i * size + j] ?? 0) + factor * (b[k * size + j] ?? 0);
    }
  }
  return result;
}

/** Gauss–Jordan with partial pivoting. The matrix must be regular. */
export function inverse(matrix: Matrix, size: number): Matrix {
  const left = matrix.slice();
  const right = identity(size);
  const at = (row: number, column: number) => left[row * size + column] ?? 0;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) if (Math.abs(at(row, column)) > Math.abs(at(pivot, column))) pivot = row;
    swapRows(left, pivot, column, size);
    swapRows(right, pivot, column, size);
    const scale = 1 / at(column, column);
    for (let j = 0; j < size; j++) {
      left[column * size + j] = at(column, j) * scale;
      right[column * size + j] = (right[column * size + j] ?? 0) * scale;
    }
    for (let row = 0; row < size; row++) {
      const factor = at(row, column);
      if (row === column || factor === 0) continue;
      for (let j = 0; j < size; j++) {
        left[row * size + j] = at(row, j) - factor * at(column, j);
        right[row * size + j] = (right[row * size + j] ?? 0) - factor * (right[column * size + j] ?? 0);
      }
    }
  }
  return right;
}

/** A row x, up to a factor, with x·generator = 0: x(0) = 1 replaces one of the equations, which depend on each other. */
export function transposeSolve(generator: Matrix, size: number): Matrix {
  const system = zeros(size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) system[j * size + i] = generator[i * size + j] ?? 0;
  for (let i = 0; i < size; i++) system[i] = i === 0 ? 1 : 0;
  const solution = inverse(system, size);
  return Float64Array.from({ length: size }, (_, i) => solution[i * size] ?? 0);
}

function swapRows(matrix: Matrix, a: number, b: number, size: number): void {
  if (a === b) return;
  for (let j = 0; j < size; j++) {
    const kept = matrix[a * size + j] ?? 0;
    matrix[a * size + j] = matrix[b * size + j] ?? 0;
    matrix[b * size + j] = kept;
  }
}
