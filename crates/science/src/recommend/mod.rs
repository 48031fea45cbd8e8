//! What a customer may want next, learnt from what customers like them bought.
