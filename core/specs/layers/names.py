"""Names of Keras's layers that are not in the table, so that an error can say more than "unknown"."""

ALIASES = {
    "MaxPool1D": "MaxPooling1D",
    "MaxPool2D": "MaxPooling2D",
    "AvgPool1D": "AveragePooling1D",
    "AvgPool2D": "AveragePooling2D",
    "GlobalMaxPool1D": "GlobalMaxPooling1D",
    "GlobalMaxPool2D": "GlobalMaxPooling2D",
    "GlobalAvgPool1D": "GlobalAveragePooling1D",
    "GlobalAvgPool2D": "GlobalAveragePooling2D",
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
}

_CODE = "it runs code of the caller's, and no code is taken"
_INPUT = "the network's input comes from the data set"
_ABSTRACT = "it is not a layer of its own, but what others are made from"
_TEXT = "text is turned into integers by the data set"

_REASONS = {
    "Lambda": _CODE,
    "FlaxLayer": _CODE,
    "JaxLayer": _CODE,
    "TorchModuleWrapper": _CODE,
    "TFSMLayer": "it loads a file",
    "InputLayer": _INPUT,
    "InputSpec": _ABSTRACT,
    "Layer": _ABSTRACT,
    "Wrapper": _ABSTRACT,
    "RNN": _ABSTRACT,
    "TextVectorization": _TEXT,
    "StringLookup": _TEXT,
    "Hashing": _TEXT,
    "HashedCrossing": _TEXT,
    "IntegerLookup": _TEXT,
}

_LATER = """
ActivityRegularization AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D
AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D Add AdditiveAttention AlphaDropout Attention
AugMix AutoContrast Average AveragePooling3D AvgPool3D Bidirectional CategoryEncoding CenterCrop Concatenate
ContrastLimitedAdaptiveHistogramEqualization Conv1DTranspose Conv2DTranspose Conv3D Conv3DTranspose
ConvLSTM1D ConvLSTM2D ConvLSTM3D Convolution1DTranspose Convolution2DTranspose Convolution3D
Convolution3DTranspose Cropping1D Cropping2D Cropping3D CutMix DepthwiseConv1D DepthwiseConv2D
Discretization Dot ELU EinsumDense Equalization GRUCell GaussianDropout GaussianNoise GlobalAveragePooling3D
GlobalAvgPool3D GlobalMaxPool3D GlobalMaxPooling3D GroupNormalization GroupQueryAttention Identity LSTMCell
Masking MaxNumBoundingBoxes MaxPool3D MaxPooling3D Maximum MelSpectrogram Minimum MixUp MultiHeadAttention
Multiply Normalization PReLU Permute Pipeline RMSNormalization RandAugment RandomColorDegeneration
RandomColorJitter RandomCrop RandomElasticTransform RandomErasing RandomGaussianBlur RandomGrayscale
RandomHue RandomInvert RandomPerspective RandomPosterization RandomSaturation RandomSharpness RandomShear
RepeatVector Resizing ReversibleEmbedding STFTSpectrogram SeparableConv1D SeparableConv2D
SeparableConvolution1D SeparableConvolution2D SimpleRNNCell Solarization SpatialDropout1D SpatialDropout2D
SpatialDropout3D SpectralNormalization StackedRNNCells Subtract TimeDistributed UnitNormalization
UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D
""".split()  # noqa: SIM905 - a list of names is read more easily without its quotes

REFUSED = _REASONS | dict.fromkeys(_LATER, "Keras has it, and this service does not know it yet")
