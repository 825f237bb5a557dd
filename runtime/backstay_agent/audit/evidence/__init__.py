"""Evidence of an audit: everything that it rests on in one file, so that anybody can put the same controls again."""
