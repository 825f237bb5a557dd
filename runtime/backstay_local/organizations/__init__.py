"""What moto's Organizations lacks: backup policies and what becomes of them on their way down the tree."""
