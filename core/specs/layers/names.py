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
    "Convolution3D": "Conv3D",
    "Convolution1DTranspose": "Conv1DTranspose",
    "Convolution2DTranspose": "Conv2DTranspose",
    "Convolution3DTranspose": "Conv3DTranspose",
    "SeparableConvolution1D": "SeparableConv1D",
    "SeparableConvolution2D": "SeparableConv2D",
    "MaxPool3D": "MaxPooling3D",
    "AvgPool3D": "AveragePooling3D",
    "GlobalMaxPool3D": "GlobalMaxPooling3D",
    "GlobalAvgPool3D": "GlobalAveragePooling3D",
}

_CODE = "it runs code of the caller's, and no code is taken"
_INPUT = "the network's input comes from the data set"
_ABSTRACT = "it is not a layer of its own, but what others are made from"
_TEXT = "text is turned into integers by the data set"
_CELL = 'it is a cell, which does one step: {"type": "RNN", "cell": …} makes a layer of it'
_HASH = "no ONNX operator computes its hashes: IntegerLookup and CategoryEncoding take integers apart"
_TARGETS = "it mixes pictures and their targets, and a layer here is given pictures alone"

REFUSED = {
    "Lambda": _CODE,
    "FlaxLayer": _CODE,
    "JaxLayer": _CODE,
    "TorchModuleWrapper": _CODE,
    "TFSMLayer": "it loads a file",
    "InputLayer": _INPUT,
    "InputSpec": _ABSTRACT,
    "Layer": _ABSTRACT,
    "Wrapper": _ABSTRACT,
    "LSTMCell": _CELL,
    "GRUCell": _CELL,
    "SimpleRNNCell": _CELL,
    "StackedRNNCells": _CELL,
    "TextVectorization": _TEXT,
    "StringLookup": _TEXT,
    "Hashing": _HASH,
    "HashedCrossing": _HASH,
    "CutMix": _TARGETS,
    "MixUp": _TARGETS,
    "MaxNumBoundingBoxes": "data sets have no boxes",
    "Pipeline": "it applies a list of layers: write them one after another",
    "RandomCrop": "it crops in training alone, and the network would get larger pictures to predict from: "
    "CenterCrop crops always, and RandomTranslation shifts pictures of one size",
    "Equalization": "Keras 3.15 loses it from a network: AutoContrast, or ContrastLimitedAdaptiveHistogram"
    "Equalization, do the like",
}
