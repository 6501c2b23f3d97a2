// The ops whose function in PyTorch 1.13 takes out, as its argument parser says: torch, torch.linalg, torch.special.
const lists: Readonly<Record<string, string>> = {
  '': `
    abs absolute acos acosh add addbmm addcdiv addcmul addmm addmv addr all amax amin aminmax angle any
    arange arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin asin asinh atan atan2
    atanh baddbmm bernoulli bitwiseAnd bitwiseLeftShift bitwiseNot bitwiseOr bitwiseRightShift
    bitwiseXor bmm bucketize cat ceil cholesky choleskyInverse choleskySolve complex polar clamp clampMax clampMin
    clip columnStack concat concatenate conjPhysical copysign cos cosh cross cummax cummin cumprod
    cumsum deg2rad diag diff digamma div divide dot dstack empty eq erf erfc erfinv exp exp2 expm1 eye
    fix floatPower floor floorDivide fmax fmin fmod frac frexp full gather gcd ge geqrf ger greater
    greaterEqual gt hardshrink heaviside histc histogram histogramdd hstack hypot i0 igamma igammac
    indexAdd indexCopy indexReduce indexSelect inner inverse isin isneginf isposinf kron kthvalue lcm
    ldexp le lerp less lessEqual lgamma linspace log log10 log1p log2 logSoftmax logaddexp logaddexp2
    logcumsumexp logicalAnd logicalNot logicalOr logicalXor logit logspace logsumexp lt luSolve luUnpack
    maskedSelect matmul matrixPower max maximum mean median min minimum mm mode msort mul multinomial
    multiply mv mvlgamma nanToNum nanmean nanmedian nanquantile nansum narrowCopy ne neg negative
    nextafter normalize nonzero norm normal notEqual ones onesLike orgqr ormqr outer polygamma pow prod
    qr quantile rad2deg rand randint randn randperm reciprocal remainder renorm round rowStack rsqrt
    scatter scatterAdd searchsorted sgn sigmoid sign signbit sin sinc sinh slogdet softmax sort sqrt
    square stack std stdMean sub subtract sum svd symeig take takeAlongDim tan tanh tensordot threshold
    topk triangularSolve tril triu trueDivide trunc var varMean vdot vstack where xlogy zeros zerosLike`,
  fft: `
    fft fft2 fftfreq fftn hfft hfft2 hfftn ifft ifft2 ifftn ihfft ihfft2 ihfftn irfft irfft2 irfftn rfft rfft2
    rfftfreq rfftn`,
  linalg: `
    cholesky choleskyEx cond cross det eig eigh eigvals eigvalsh householderProduct inv invEx ldlFactor
    ldlFactorEx ldlSolve lstsq lu luFactor luFactorEx luSolve matmul matrixNorm matrixPower matrixRank
    multiDot norm pinv qr slogdet solve solveEx solveTriangular svd svdvals tensorinv tensorsolve vecdot
    vectorNorm`,
  special: `
    airyAi besselJ0 besselJ1 besselY0 besselY1 chebyshevPolynomialT chebyshevPolynomialU
    chebyshevPolynomialV chebyshevPolynomialW digamma entr erf erfc erfcx erfinv exp2 expit expm1
    gammainc gammaincc gammaln hermitePolynomialH hermitePolynomialHe i0 i0e i1 i1e laguerrePolynomialL
    legendrePolynomialP log1p logNdtr logit logsumexp modifiedBesselI0 modifiedBesselI1 modifiedBesselK0
    modifiedBesselK1 multigammaln ndtr ndtri polygamma psi round scaledModifiedBesselK0
    scaledModifiedBesselK1 shiftedChebyshevPolynomialT shiftedChebyshevPolynomialU
    shiftedChebyshevPolynomialV shiftedChebyshevPolynomialW sinc sphericalBesselJ0 xlog1py xlogy zeta`,
}

/** Their names: 'add', 'linalg.inv'. */
export const opsWithOut: readonly string[] = Object.entries(lists).flatMap(([space, names]) =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => (space === '' ? name : `${space}.${name}`)),
)
